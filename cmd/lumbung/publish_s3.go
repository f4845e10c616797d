package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/spf13/cobra"

	"lumbung/load/s3"
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
			var err error
			if opt.Bucket, opt.Prefix, err = bucket(given[0]); err != nil {
				return err
			}
			if opt.Keep < 1 {
				return usage("--keep %d: at least the current snapshot stays", opt.Keep)
			}
			client, err := s3Client(endpoint, region)
			if err != nil {
				return err
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
	c.Flags().StringVar(&endpoint, "endpoint", "", "`URL` of the store; default AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, then Amazon's")
	c.Flags().StringVar(&region, "region", "", "`region` of the bucket; default AWS_REGION, then us-east-1")
	c.Flags().IntVar(&opt.Keep, "keep", 7, "`snapshots` that stay in the bucket")
	return c
}

// bucket reads s3://BUCKET/PREFIX.
func bucket(text string) (name, prefix string, err error) {
	rest, ok := strings.CutPrefix(text, "s3://")
	name, prefix, _ = strings.Cut(rest, "/")
	if !ok || name == "" {
		return "", "", usage("%q is no s3://BUCKET/PREFIX", text)
	}
	prefix = strings.Trim(prefix, "/")
	for part := range strings.SplitSeq(prefix, "/") {
		if prefix != "" && (part == "" || part == "." || part == "..") {
			return "", "", usage("%q: the prefix has an empty part, . or ..", text)
		}
	}
	return name, prefix, nil
}

// maxRetries is how often one request is tried.
const maxRetries = 4

func s3Client(endpoint, region string) (*minio.Client, error) {
	endpoint = cmp.Or(endpoint, os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL"), "https://s3.amazonaws.com")
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || strings.Trim(u.Path, "/") != "" {
		return nil, usage("endpoint %q: http://HOST[:PORT] or https://HOST[:PORT] is wanted, without a path and without credentials", endpoint)
	}
	client, err := minio.New(u.Host, &minio.Options{
		Creds:  credentials.NewChainCredentials([]credentials.Provider{&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}}),
		Secure: u.Scheme == "https", Region: cmp.Or(region, os.Getenv("AWS_REGION"), "us-east-1"), MaxRetries: maxRetries,
		TrailingHeaders: true,
	})
	if err != nil {
		return nil, fmt.Errorf("endpoint %s: %w", endpoint, err)
	}
	return client, nil
}
