package xlsx

// ColName names a column in test output.
func ColName(col int) string { return colName(col) }
