package duck

import (
	"context"
	"errors"
	"fmt"
)

// Parse gives the syntax tree of each SELECT as JSON, in the shape of DuckDB's json_serialize_sql without its empty
// members. It needs no warehouse. A text that is no SELECT is an error with its position in texts, from 0.
func Parse(ctx context.Context, texts []string) (trees []string, err error) {
	db, err := open(ctx, "", Options{Threads: 1}, 1, nil, "READ_WRITE")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	const query = "SELECT CAST(json_serialize_sql(CAST(? AS VARCHAR), skip_null := true, skip_empty := true) AS VARCHAR)"
	for i, text := range texts {
		var tree string
		if err := db.sql.QueryRowContext(ctx, query, text).Scan(&tree); err != nil {
			return nil, fmt.Errorf("syntax tree of text %d: %w", i, err)
		}
		trees = append(trees, tree)
	}
	return trees, nil
}
