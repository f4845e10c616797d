package s3

import (
	"cmp"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Split reads s3://BUCKET[/PREFIX]. The prefix has no slashes at its ends.
func Split(text string) (bucket, prefix string, err error) {
	rest, ok := strings.CutPrefix(text, "s3://")
	bucket, prefix, _ = strings.Cut(rest, "/")
	if !ok || bucket == "" {
		return "", "", fmt.Errorf("%q is no s3://BUCKET/PREFIX", text)
	}
	prefix = strings.Trim(prefix, "/")
	for part := range strings.SplitSeq(prefix, "/") {
		if prefix != "" && (part == "" || part == "." || part == "..") {
			return "", "", fmt.Errorf("%q: the prefix has an empty part, or one of dots", text)
		}
	}
	return bucket, prefix, nil
}

// maxRetries is how often one request is tried.
const maxRetries = 4

// Connect makes a client of the store at an endpoint, "" for the one that AWS
// programs would use. Credentials come from the environment or ~/.aws.
func Connect(endpoint, region string) (*minio.Client, error) {
	endpoint = cmp.Or(endpoint, os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL"), "https://s3.amazonaws.com")
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || strings.Trim(u.Path, "/") != "" {
		return nil, fmt.Errorf("endpoint %q: http://HOST[:PORT] or https://HOST[:PORT] is wanted, without a path and without credentials", endpoint)
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
