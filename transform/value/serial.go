package value

// Days between 1970-01-01 and the day before the first of each date system.
const (
	epoch1900 = -25568 // 1899-12-31: serial 1 is 1900-01-01
	epoch1904 = -24107 // 1904-01-01 is serial 0
)

// lastSerial is 9999-12-31, the last day that spreadsheets have.
const (
	lastSerial1900 = 2958465
	lastSerial1904 = lastSerial1900 - 1462
)

// Serial reads a spreadsheet's day number and gives the days since 1970-01-01.
// In the 1900 system serial 60 is 29 February 1900, a day that never was: it is
// refused, and later serials are one less than their number. A time of day
// (a fraction) is refused rather than dropped. The error is an *Error.
func Serial(text []byte, date1904 bool) (days int32, err error) {
	days, fault := serial(trimBlanks(text), date1904)
	if fault != nil {
		return 0, fault
	}
	return days, nil
}

func serial(text []byte, date1904 bool) (int32, *Error) {
	n, err := Integer(text, Plain)
	if err != nil {
		return 0, refuse(text, "is not a whole day number of a spreadsheet", "format the cell as a date without a time of day")
	}
	if date1904 {
		if n < 0 || n > lastSerial1904 {
			return 0, refuse(text, "is outside the days of the 1904 date system", "")
		}
		return int32(n) + epoch1904, nil
	}
	switch {
	case n < 1 || n > lastSerial1900:
		return 0, refuse(text, "is outside the days of the 1900 date system", "")
	case n == 60:
		return 0, refuse(text, "is 29 February 1900, a day that only spreadsheets have", "")
	case n < 60:
		return int32(n) + epoch1900, nil
	}
	return int32(n) + epoch1900 - 1, nil
}
