package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"lumbung/internal/s3client"
	"lumbung/load/s3"
	"lumbung/pipeline/config"
)

func (a *app) publishS3Cmd() *cobra.Command {
	var endpoint, region string
	opt := s3.Options{}
	c := &cobra.Command{
		Use:   "s3 s3://BUCKET[/PREFIX]",
		Short: "Copy the Parquet marts into a bucket, all or nothing",
		Long: `Copy the Parquet marts of the snapshot into a bucket of an S3-compatible store. Each snapshot gets
its own directory; every object is read back and compared with its SHA-256 before current.json,
which names the snapshot and its objects, is replaced. Older snapshots are removed after that.

The credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or from the
profile AWS_PROFILE of ~/.aws/credentials.`,
		Example: "  lumbung publish s3 s3://desa/marts --endpoint https://s3.kukarkab.go.id",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, given []string) error {
			if err := a.knownEngine(); err != nil {
				return err
			}
			if a.engine == config.EngineTrino {
				return usage("publish s3 copies the Parquet files of a snapshot, and Trino has none: its tables lie on the store of trino: already; " +
					"read its views, or leave --engine out to copy the files of this machine's snapshot")
			}
			var err error
			if opt.Bucket, opt.Prefix, err = s3client.Split(given[0]); err != nil {
				return usage("%w", err)
			}
			if opt.Keep < 1 {
				return usage("--keep %d: at least the current snapshot stays", opt.Keep)
			}
			client, err := s3client.Connect(endpoint, region)
			if err != nil {
				return usage("%w", err)
			}
			r, _, err := a.read(c.Context())
			if err != nil {
				return err
			}
			res, err := s3.Publish(c.Context(), client, r.Snap, opt)
			if err := errors.Join(err, r.Close()); err != nil {
				return err
			}
			switch {
			case a.json:
				return a.printJSON(res)
			case res.Already:
				fmt.Fprintf(a.out, "%s holds %s already\n", given[0], res.Snapshot)
			default:
				fmt.Fprintf(a.out, "%s now holds %s: %d objects, %s bytes, %d sent, %d read back and equal, %d older snapshots removed\n",
					given[0], res.Snapshot, res.Objects, thousands(res.Bytes), res.Sent, res.Verified, len(res.Removed))
			}
			return nil
		},
	}
	c.Flags().StringVar(&a.engine, "engine", config.EngineDuckDB, "the `engine` whose files are copied: duckdb; trino is refused, its tables lie on its store already")
	c.Flags().StringVar(&endpoint, "endpoint", "", "`URL` of the store; default AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, then Amazon's")
	c.Flags().StringVar(&region, "region", "", "`region` of the bucket; default AWS_REGION, then us-east-1")
	c.Flags().IntVar(&opt.Keep, "keep", 7, "`snapshots` that stay in the bucket")
	return c
}
