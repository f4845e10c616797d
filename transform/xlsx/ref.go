package xlsx

import "strconv"

// parseRef reads a cell reference such as H1204: one to three capital letters
// and a row number without leading zero. Row and column count from 1 and 0.
func parseRef(b []byte) (col, row int, ok bool) {
	i := 0
	for i < len(b) && b[i] >= 'A' && b[i] <= 'Z' {
		if i == 3 {
			return 0, 0, false
		}
		col = col*26 + int(b[i]-'A') + 1
		i++
	}
	row, ok = parseCount(b[i:])
	return col - 1, row, ok && i > 0 && row > 0
}

// parseCount reads a whole number of at most nine digits without leading zero.
func parseCount(b []byte) (int, bool) {
	if len(b) == 0 || len(b) > 9 || b[0] == '0' && len(b) > 1 {
		return 0, false
	}
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// parseIndex reads a whole number of at most nine digits.
func parseIndex(b []byte) (int, bool) {
	for len(b) > 1 && len(b) < 10 && b[0] == '0' {
		b = b[1:]
	}
	return parseCount(b)
}

// colName is the letters of a column counted from 0.
func colName(col int) string {
	if col < 0 {
		return "?"
	}
	var b [8]byte
	i := len(b)
	for n := col + 1; n > 0 && i > 0; n = (n - 1) / 26 {
		i--
		b[i] = byte('A' + (n-1)%26)
	}
	return string(b[i:])
}

// cellName is the reference of a cell, row counted from 1, column from 0.
func cellName(row, col int) string { return colName(col) + strconv.Itoa(row) }
