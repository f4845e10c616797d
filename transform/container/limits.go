package container

// Limits bound what unpacking may cost; zero values stand for the defaults.
type Limits struct {
	// Bytes is the most that comes out, in bytes; 2 GiB.
	Bytes int64
	// Ratio is how many times larger than the packed bytes the content may be;
	// 200. Text of tables shrinks 5 to 30 times, deflate's limit is 1,032.
	Ratio int64
}

// DefaultLimits gives the limits that zero values stand for.
func DefaultLimits() Limits { return Limits{}.orDefaults() }

func (l Limits) orDefaults() Limits {
	if l.Bytes <= 0 {
		l.Bytes = 2 << 30
	}
	if l.Ratio <= 0 {
		l.Ratio = 200
	}
	return l
}

// ratioFree is how much may come out before the ratio counts: a few repeated
// rows shrink more than a table does, and do no harm.
const ratioFree = 1 << 20
