// Package bucket reads what an S3-compatible store lists, and signs requests to it.
//
// It gets bytes and gives values: fetching is the http package's work.
package bucket

import (
	"encoding/xml"
	"fmt"
	nethttp "net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7/pkg/s3utils"
	"github.com/minio/minio-go/v7/pkg/signer"

	"lumbung/extract/catalog"
	"lumbung/extract/http"
	"lumbung/internal/s3client"
)

// URL is the address of an object. base is that of the bucket, without a slash at its end.
func URL(base, key string) string { return base + "/" + s3utils.EncodePath(key) }

// ListURL asks for the objects whose keys begin with prefix, from where the page before ended; token "" is the first page.
func ListURL(base, prefix, token string) string {
	query := url.Values{"list-type": {"2"}, "prefix": {prefix}}
	if token != "" {
		query.Set("continuation-token", token)
	}
	return base + "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}

// Prefix is the front of a key pattern before its first {name} or *.
func Prefix(pattern string) string {
	if i := strings.IndexAny(pattern, "{*"); i >= 0 {
		return pattern[:i]
	}
	return pattern
}

// Page reads one answer to ListURL. next is the token of the page after it, "" for the last one.
func Page(body []byte) (objects []catalog.Object, next string, err error) {
	var page struct {
		XMLName     xml.Name `xml:"ListBucketResult"`
		IsTruncated *bool
		Next        string `xml:"NextContinuationToken"`
		Contents    []struct {
			Key, ETag    string
			Size         int64
			LastModified time.Time
		}
	}
	switch err := xml.Unmarshal(body, &page); {
	case err != nil:
		return nil, "", fmt.Errorf("the answer is no list of objects (%w); look at endpoint: it may belong to another service", err)
	case page.IsTruncated == nil:
		return nil, "", fmt.Errorf("the list of objects does not say whether it is whole (IsTruncated)")
	case !*page.IsTruncated:
		page.Next = ""
	case page.Next == "":
		return nil, "", fmt.Errorf("the list of objects is not whole, and does not say how it goes on (NextContinuationToken)")
	}
	for _, o := range page.Contents {
		tag := strings.Trim(o.ETag, `"`)
		if tag != "" {
			tag = `"` + tag + `"`
		}
		objects = append(objects, catalog.Object{Key: o.Key, ETag: tag, Size: o.Size, Modified: o.LastModified.Truncate(time.Second).UTC()})
	}
	return objects, page.Next, nil
}

// emptySHA256 is the hash of the body of a GET.
const emptySHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// Credential signs requests with what the environment or ~/.aws has; without either they go unsigned.
func Credential(region string) (http.Auth, error) {
	value, err := s3client.Credentials().GetWithContext(nil)
	if err != nil {
		return http.Auth{}, fmt.Errorf("credentials of the store: %w", err)
	}
	if value.AccessKeyID == "" || value.SecretAccessKey == "" {
		return http.Auth{}, nil
	}
	secret, err := http.NewSecret(value.SecretAccessKey)
	if err != nil {
		return http.Auth{}, fmt.Errorf("credentials of the store: %w", err)
	}
	region = s3client.Region(region)
	return http.Auth{Secret: secret, Sign: func(r *nethttp.Request) {
		r.Header.Set("X-Amz-Content-Sha256", emptySHA256)
		signer.SignV4(*r, value.AccessKeyID, value.SecretAccessKey, value.SessionToken, region) // sets headers, which the copy shares
	}}, nil
}

// Explain says what to do about an error answer of the store, or about none at all.
func Explain(e *http.Error) {
	var answer struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
	}
	switch e.Class {
	case http.ClassStatus:
		if xml.Unmarshal(e.Body, &answer) != nil {
			return
		}
		if text := s3client.Advice(answer.Code); text != "" {
			e.Remedy = answer.Code + ": " + text
		}
	case http.ClassRefused, http.ClassDNS:
		e.Remedy = "look at endpoint"
	case http.ClassRedirect:
		e.Remedy = "the bucket lies behind another endpoint or in another region"
	}
}
