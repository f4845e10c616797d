package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"lumbung/answer"
	"lumbung/load/postgres"
)

// urlEnv is where the connection string comes from: secrets are never flags,
// which other users of a machine can read.
const urlEnv = "LUMBUNG_POSTGRES"

func (a *app) publishCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "publish",
		Short: "Copy the published snapshot to a database or a bucket",
		Args:  args(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.publishPostgresCmd(), a.publishS3Cmd())
	return c
}

func (a *app) publishPostgresCmd() *cobra.Command {
	opt := postgres.Options{}
	c := &cobra.Command{
		Use:   "postgres",
		Short: "Copy marts and dimensions into a PostgreSQL schema, all or nothing",
		Long: `Copy the marts and dimensions of the snapshot into a PostgreSQL schema. Every table is read back
and compared byte by byte before the schema takes its name, in one transaction. Tables whose
content the schema has already are not sent again. With --engine trino the rows come from what Trino
has published; the tables are the same, and none is sent again because of where it comes from.

The connection string comes from the environment variable ` + urlEnv + `.`,
		Example: "  " + urlEnv + "='host=db user=lumbung dbname=desa' lumbung publish postgres --role pembaca",
		Args:    args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			url := os.Getenv(urlEnv)
			if url == "" {
				return usage("set %s to a connection string such as 'host=db user=lumbung dbname=desa'", urlEnv)
			}
			r, _, err := a.read(c.Context())
			if err != nil {
				return err
			}
			res, err := a.publish(c.Context(), r, url, opt)
			if err := errors.Join(err, r.Close()); err != nil {
				return err
			}
			if a.json {
				return a.printJSON(res)
			}
			if res.Already {
				fmt.Fprintf(a.out, "schema %s holds %s already\n", res.Schema, res.Snapshot)
				return nil
			}
			fmt.Fprintf(a.out, "schema %s now holds %s: %d tables, %s rows, %d tables sent, %d compared\n",
				res.Schema, res.Snapshot, res.Tables, thousands(res.Rows), res.Copied, res.Verified)
			return nil
		},
	}
	a.engineFlag(c)
	c.Flags().StringVar(&opt.Schema, "schema", "lumbung", "`schema` that takes the tables")
	c.Flags().StringVar(&opt.Role, "role", "", "read-only `role` that may use them")
	return c
}

func (a *app) publish(ctx context.Context, r *answer.Reader, url string, opt postgres.Options) (postgres.Result, error) {
	tables, err := r.Tables(ctx)
	if err != nil {
		return postgres.Result{}, err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		// pgx repeats the connection string without its password.
		return postgres.Result{}, fmt.Errorf("PostgreSQL: %w; check %s", err, urlEnv)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	opt.Snapshot = r.Snap.ID()
	out := make([]postgres.Table, len(tables))
	for i, t := range tables {
		out[i] = postgres.Table{Name: t.Name, Comment: t.Purpose, Key: t.Key, SHA256: t.SHA256, Each: t.Each}
		for _, col := range t.Columns {
			out[i].Columns = append(out[i].Columns, postgres.Column{Name: col.Name, Type: strings.ToUpper(col.Type), Comment: col.Description})
		}
	}
	return postgres.Publish(ctx, conn, out, opt)
}
