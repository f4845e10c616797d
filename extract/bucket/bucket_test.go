package bucket

import (
	"errors"
	nethttp "net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lumbung/extract/catalog"
	"lumbung/extract/http"
)

func TestPage(t *testing.T) {
	const object = `<Contents><Key>idm/idm-2024.xlsx</Key><LastModified>2026-11-01T02:03:04.567Z</LastModified><ETag>&quot;abc-2&quot;</ETag><Size>17</Size></Contents>`
	want := []catalog.Object{{Key: "idm/idm-2024.xlsx", ETag: `"abc-2"`, Size: 17, Modified: time.Date(2026, 11, 1, 2, 3, 4, 0, time.UTC)}}
	bare := strings.ReplaceAll(object, "&quot;", "")
	for name, c := range map[string]struct{ body, next, fault string }{
		"the last page":      {"<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><IsTruncated>false</IsTruncated>" + object + "</ListBucketResult>", "", ""},
		"an ETag unquoted":   {"<ListBucketResult><IsTruncated>false</IsTruncated>" + bare + "</ListBucketResult>", "", ""},
		"more to come":       {"<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t/1=</NextContinuationToken>" + object + "</ListBucketResult>", "t/1=", ""},
		"more, but not how":  {"<ListBucketResult><IsTruncated>true</IsTruncated>" + object + "</ListBucketResult>", "", "is not whole"},
		"whole or not":       {"<ListBucketResult>" + object + "</ListBucketResult>", "", "whether it is whole"},
		"cut":                {"<ListBucketResult><IsTruncated>false</IsTruncated>" + object, "", "no list of objects"},
		"a page":             {"<html><body>Selamat datang</body></html>", "", "no list of objects"},
		"a size of no count": {"<ListBucketResult><IsTruncated>false</IsTruncated>" + strings.Replace(object, "17", "banyak", 1) + "</ListBucketResult>", "", "no list of objects"},
	} {
		t.Run(name, func(t *testing.T) {
			got, next, err := Page([]byte(c.body))
			if c.fault != "" {
				if err == nil || !strings.Contains(err.Error(), c.fault) {
					t.Errorf("got %v, want %q", err, c.fault)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" || next != c.next || err != nil {
				t.Errorf("next %q, %v, %s", next, err, diff)
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	const base = "https://s3.id/rilis"
	if got, want := URL(base, "idm baru/a+b/é.csv"), base+"/idm%20baru/a%2Bb/%C3%A9.csv"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := ListURL(base, Prefix("idm baru/idm-{tahun}*.csv"), "a+/="), base+"?continuation-token=a%2B%2F%3D&list-type=2&prefix=idm%20baru%2Fidm-"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := Prefix("tetap.csv"); got != "tetap.csv" {
		t.Errorf("got %s", got)
	}
}

// Credentials come from the environment, then from the profile; without any nothing is signed.
func TestCredential(t *testing.T) {
	file := filepath.Join(t.TempDir(), "credentials")
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file)
	if auth, err := Credential(""); err != nil || auth.Sign != nil || !auth.Secret.IsZero() {
		t.Errorf("without credentials: %+v, %v", auth, err)
	}
	if err := os.WriteFile(file, []byte("[default]\naws_access_key_id = PROFIL\naws_secret_access_key = rahasia-profil\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	signed := func(region, want string) {
		t.Helper()
		auth, err := Credential(region)
		if err != nil {
			t.Fatal(err)
		}
		r, err := nethttp.NewRequest(nethttp.MethodGet, "https://s3.id/rilis", nil)
		if err != nil {
			t.Fatal(err)
		}
		auth.Sign(r)
		if got := r.Header.Get("Authorization"); !strings.Contains(got, want) || strings.Contains(got, auth.Secret.Reveal()) {
			t.Errorf("Authorization %q, want %q", got, want)
		}
	}
	signed("id-jkt", "Credential=PROFIL/"+time.Now().UTC().Format("20060102")+"/id-jkt/s3/")
	t.Setenv("AWS_ACCESS_KEY_ID", "LINGKUNGAN")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "rahasia-lingkungan")
	signed("", "Credential=LINGKUNGAN/")
}

func TestExplain(t *testing.T) {
	for name, c := range map[string]struct {
		fault http.Error
		want  string
	}{
		"expired":          {http.Error{Class: http.ClassStatus, Body: []byte("<Error><Code>ExpiredToken</Code></Error>")}, "ExpiredToken: the credentials have expired"},
		"a code of others": {http.Error{Class: http.ClassStatus, Body: []byte("<Error><Code>Lain</Code></Error>"), Remedy: "tetap"}, "tetap"},
		"no code":          {http.Error{Class: http.ClassStatus, Body: []byte("rusak"), Remedy: "tetap"}, "tetap"},
		"another region":   {http.Error{Class: http.ClassRedirect, Err: errors.New("301")}, "another region"},
		"no such host":     {http.Error{Class: http.ClassDNS}, "look at endpoint"},
	} {
		t.Run(name, func(t *testing.T) {
			if Explain(&c.fault); !strings.Contains(c.fault.Error(), c.want) {
				t.Errorf("got %q, want %q", c.fault.Error(), c.want)
			}
		})
	}
}
