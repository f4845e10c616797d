// Package s3client has what every client of an S3-compatible store needs:
// where the store is, who asks, and what its errors mean for people.
package s3client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Endpoint reads the address of a store. The error does not repeat the text, which may hold a password.
func Endpoint(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("endpoint: http://HOST[:PORT] or https://HOST[:PORT] is wanted, without a path and without credentials")
	}
	return u, nil
}

// Region is the one named, that of the environment, or the one that stores without regions take.
func Region(named string) string { return cmp.Or(named, os.Getenv("AWS_REGION"), "us-east-1") }

// Credentials come from the environment or ~/.aws; without any, requests are not signed.
func Credentials() *credentials.Credentials {
	return credentials.NewChainCredentials([]credentials.Provider{&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}})
}

var advice = map[string]string{
	"NoSuchBucket":          "the bucket does not exist; make it, or look at the name",
	"NoSuchKey":             "the bucket has no such object any more",
	"AccessDenied":          "these credentials may not do that; reading needs to list and get, publishing also to put and delete below the prefix",
	"InvalidAccessKeyId":    "the store does not know the access key; look at AWS_ACCESS_KEY_ID",
	"XAdminUserNotFound":    "the store does not know the access key; look at AWS_ACCESS_KEY_ID", // versitygw
	"SignatureDoesNotMatch": "the secret does not belong to the access key; look at AWS_SECRET_ACCESS_KEY",
	"ExpiredToken":          "the credentials have expired; get new ones",
	"RequestTimeTooSkewed":  "this machine's clock differs too much from the store's; set it",
	"PreconditionFailed":    "the object changed after it was listed; the next run takes the new one",
}

// Advice is what to do about an error code of the store, "" when nothing is known.
func Advice(code string) string { return advice[code] }

// IsCode says whether an error is the store's answer with a code.
func IsCode(err error, code string) bool {
	return err != nil && minio.ToErrorResponse(err).Code == code
}

// Lost says whether a conditional write lost against somebody else's, or against its own first try whose answer was lost.
func Lost(err error) bool {
	return IsCode(err, "PreconditionFailed") || IsCode(err, "ConditionalRequestConflict")
}

// Explain says what could not be done to an object, and what to do about it.
func Explain(client *minio.Client, do, bucket, key string, err error) error {
	where := bucket + "/" + strings.TrimPrefix(key, "/")
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("cannot %s %s: %w", do, where, err)
	}
	if text := Advice(minio.ToErrorResponse(err).Code); text != "" {
		return fmt.Errorf("cannot %s %s: %w: %s", do, where, err, text)
	}
	return fmt.Errorf("cannot %s %s at %s: %w", do, where, client.EndpointURL().Host, err)
}
