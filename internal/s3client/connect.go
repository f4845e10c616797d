package s3client

import (
	"cmp"
	"fmt"
	"os"
	"strings"

	"github.com/minio/minio-go/v7"
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
	u, err := Endpoint(endpoint)
	if err != nil {
		return nil, err
	}
	client, err := minio.New(u.Host, &minio.Options{Creds: Credentials(), Secure: u.Scheme == "https",
		Region: Region(region), MaxRetries: maxRetries, TrailingHeaders: true})
	if err != nil {
		return nil, fmt.Errorf("endpoint %s: %w", endpoint, err)
	}
	return client, nil
}
