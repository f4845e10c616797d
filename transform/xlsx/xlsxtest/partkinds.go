package xlsxtest

import (
	"math/rand/v2"
	"strings"
)

// drop makes a kind without one part.
func drop(part string) Kind {
	return Kind{part + " missing", Refused, func(_ *rand.Rand, s *Sound) []byte {
		s.Archive.Drop(part)
		return s.Archive.Bytes()
	}}
}

// cut makes a kind in which a part ends too early.
func cut(part string) Kind {
	return edit(part+" cut", part, Refused, func(rng *rand.Rand, s string) string { return s[:rng.IntN(len(s))] })
}

func partKinds() []Kind {
	once := func(name, part, old, new string) Kind {
		return edit(name, part, Refused, func(_ *rand.Rand, s string) string { return strings.Replace(s, old, new, 1) })
	}
	return []Kind{
		drop(TypesPart), drop(RootRelsPart), drop(BookPart), drop(BookRelsPart), drop(StylesPart), drop(SharedPart), drop(SheetPart),
		cut(TypesPart), cut(RootRelsPart), cut(BookPart), cut(BookRelsPart), cut(StylesPart), cut(SharedPart),
		once("sheet twice in the list", BookPart, "<sheet ", `<sheet name="data" sheetId="9" r:id="rId1"/><sheet `),
		once("sheet of no relationship", BookPart, `"rId1"`, `"rId7"`),
		once("relationship Id twice", BookRelsPart, `"rIdS"`, `"rId1"`),
		once("sheet outside", BookRelsPart, "<Relationship ", `<Relationship TargetMode="External" `),
		once("styles that are shared strings", BookRelsPart, "/styles", "/sharedStrings"),
		once("DOCTYPE in shared strings", SharedPart, "<sst", `<!DOCTYPE sst><sst`),
		once("text between shared strings", SharedPart, "</si>", "</si>x"),
		once("shared string without end", SharedPart, "</si>", ""),
		once("undefined entity in a shared string", SharedPart, "</t>", "&x;</t>"),
		once("shared strings of another root", SharedPart, "sst", "sss"),
		edit("shared strings lost", SharedPart, Same, func(_ *rand.Rand, s string) string {
			i := strings.LastIndex(s, "<si>")
			return s[:i] + "</sst>"
		}),
		once("nested shared string", SharedPart, "<t", "<si/><t"),
		once("styles of another root", StylesPart, "styleSheet", "stylesheet"),
		once("number format of words", StylesPart, `<cellXfs count="4"><xf numFmtId="0"`, `<cellXfs count="4"><xf numFmtId="umum"`),
	}
}

// entry makes a kind that changes what the archive says about the sheet.
func entry(name string, change func(rng *rand.Rand, e *Entry)) Kind {
	return Kind{name, Refused, func(rng *rand.Rand, s *Sound) []byte {
		change(rng, s.Archive.Part(SheetPart))
		return s.Archive.Bytes()
	}}
}

// whole makes a kind that changes the archive.
func whole(name string, change func(rng *rand.Rand, a *Archive)) Kind {
	return Kind{name, Refused, func(rng *rand.Rand, s *Sound) []byte {
		change(rng, &s.Archive)
		return s.Archive.Bytes()
	}}
}

func archiveKinds() []Kind {
	return []Kind{
		entry("checksum", func(rng *rand.Rand, e *Entry) { e.CRCXor = 1 << rng.IntN(32) }),
		entry("size too small", func(rng *rand.Rand, e *Entry) { e.SizeAdd = -1 - rng.IntN(len(e.Body)) }),
		entry("size too large", func(rng *rand.Rand, e *Entry) { e.SizeAdd = 1 + rng.IntN(1000) }),
		entry("packed size too small", func(rng *rand.Rand, e *Entry) { e.PackedAdd = -1 - rng.IntN(100) }),
		entry("packed size too large", func(rng *rand.Rand, e *Entry) { e.PackedAdd = 1 + rng.IntN(100) }),
		entry("sizes disagree", func(rng *rand.Rand, e *Entry) { e.Descriptor, e.LocalAdd = false, 1+rng.IntN(100) }),
		entry("names disagree", func(_ *rand.Rand, e *Entry) { e.LocalName = "xl/worksheets/sheet9.xml" }),
		entry("encrypted", func(_ *rand.Rand, e *Entry) { e.Flags = 1 }),
		entry("unknown method", func(rng *rand.Rand, e *Entry) { e.Method = uint16(9 + rng.IntN(90)) }),
		entry("bytes behind the packed ones", func(rng *rand.Rand, e *Entry) { e.Stored, e.Trail = false, make([]byte, 1+rng.IntN(50)) }),
		entry("bytes between entries", func(rng *rand.Rand, e *Entry) { e.Junk = make([]byte, 1+rng.IntN(50)) }),
		entry("overlap", func(rng *rand.Rand, e *Entry) { e.CentralAdd = -1 - rng.IntN(60) }),
		whole("name twice", func(_ *rand.Rand, a *Archive) { a.Entries = append(a.Entries, *a.Part(SheetPart)) }),
		whole("name twice but for case", func(_ *rand.Rand, a *Archive) {
			e := *a.Part(SheetPart)
			e.Name = strings.ToUpper(e.Name)
			a.Entries = append(a.Entries, e)
		}),
		whole("prefix junk", func(rng *rand.Rand, a *Archive) {
			a.Prefix = append([]byte("PK\x03\x04"), make([]byte, rng.IntN(60))...)
		}),
		whole("bytes at the end", func(rng *rand.Rand, a *Archive) { a.Suffix = make([]byte, 1+rng.IntN(60)) }),
		whole("count too small", func(rng *rand.Rand, a *Archive) { a.CountAdd = -1 - rng.IntN(len(a.Entries)) }),
		whole("count too large", func(rng *rand.Rand, a *Archive) { a.CountAdd = 1 + rng.IntN(100) }),
		{"archive cut", Refused, func(rng *rand.Rand, s *Sound) []byte {
			b := s.Archive.Bytes()
			return b[:rng.IntN(len(b))]
		}},
	}
}

// randomKinds break bytes blindly: those of the archive, whose checksums must
// tell, and those of the XML under right checksums.
func randomKinds() []Kind {
	xml := func(name, part string, change func(rng *rand.Rand, s string, i, j int) string) Kind {
		return edit(name, part, Reference, func(rng *rand.Rand, s string) string {
			i := rng.IntN(len(s))
			return change(rng, s, i, i+1+rng.IntN(min(40, len(s)-i)))
		})
	}
	flip := func(rng *rand.Rand, s string, i, _ int) string {
		return s[:i] + string([]byte{s[i] ^ 1<<rng.IntN(8)}) + s[i+1:]
	}
	remove := func(_ *rand.Rand, s string, i, j int) string { return s[:i] + s[j:] }
	repeat := func(_ *rand.Rand, s string, i, j int) string { return s[:j] + s[i:] }
	other := func(rng *rand.Rand, s string, i, _ int) string {
		const bytes = "<>/\"'=&;: \n!?-[]_x0019ACcrvts\xff"
		return s[:i] + string([]byte{bytes[rng.IntN(len(bytes))]}) + s[i+1:]
	}
	return []Kind{
		{"bit of the archive", Same, func(rng *rand.Rand, s *Sound) []byte {
			b := s.Archive.Bytes()
			b[rng.IntN(len(b))] ^= 1 << rng.IntN(8)
			return b
		}},
		{"bytes of the archive lost", Same, func(rng *rand.Rand, s *Sound) []byte {
			b := s.Archive.Bytes()
			i := rng.IntN(len(b))
			return append(b[:i:i], b[min(len(b), i+1+rng.IntN(20)):]...)
		}},
		xml("bit of the sheet", SheetPart, flip), xml("byte of the sheet", SheetPart, other),
		xml("bytes of the sheet lost", SheetPart, remove), xml("bytes of the sheet twice", SheetPart, repeat),
		xml("bit of the shared strings", SharedPart, flip), xml("byte of the shared strings", SharedPart, other),
		xml("bytes of the shared strings lost", SharedPart, remove), xml("bytes of the shared strings twice", SharedPart, repeat),
		xml("bit of the styles", StylesPart, flip), xml("bytes of the styles lost", StylesPart, remove),
		xml("bit of the workbook", BookPart, flip), xml("bit of the relations", BookRelsPart, flip),
		xml("bit of the content types", TypesPart, flip),
	}
}
