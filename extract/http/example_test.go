package http_test

import (
	"context"
	"fmt"
	"io"
	nethttp "net/http"
	"net/http/httptest"
	"os"
	"strings"

	"lumbung/extract/http"
	"lumbung/extract/http/complete"
)

// A source on the same machine has to be allowed by host and port; one on the public internet needs no entry.
func ExampleClient_Fetch() {
	server := httptest.NewServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		w.Header().Set("ETag", `"2024-2"`)
		if r.Header.Get("If-None-Match") == `"2024-2"` {
			w.WriteHeader(nethttp.StatusNotModified)
			return
		}
		_, _ = io.WriteString(w, "kode_desa;status\n6402012001;MAJU\n")
	}))
	defer server.Close()
	allow, err := http.ParseHostPort("http://" + strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		fmt.Println(err)
		return
	}
	client, err := http.New(http.Options{Allow: []http.HostPort{allow}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	file, err := os.CreateTemp("", "lumbung-*.part")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.Remove(file.Name())
	defer file.Close()

	request := http.Request{URL: server.URL, Check: complete.CSV(complete.CSVOptions{Delimiter: ';'})}
	for range 2 {
		result, err := client.Fetch(context.Background(), request, file)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(result.Status, result.Bytes, result.Validators.ETag)
		request.Validators = result.Validators // kept once the object is published
	}
	// Output:
	// fetched 33 "2024-2"
	// not-modified 0 "2024-2"
}
