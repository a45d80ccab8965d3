package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// served gives the address of a server with a short time to read.
func served(t *testing.T, readTime time.Duration, handler http.HandlerFunc) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	web := webServer(handler, readTime)
	go func() { _ = web.Serve(listener) }()
	t.Cleanup(func() { _ = web.Close() })
	return listener.Addr().String()
}

func TestALivePageOutlivesTheTimeToRead(t *testing.T) {
	const readTime = 50 * time.Millisecond
	ended := make(chan error, 1)
	address := served(t, readTime, func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).Flush()
		late, cancel := context.WithTimeout(r.Context(), 6*readTime)
		defer cancel()
		<-late.Done()
		ended <- r.Context().Err()
		fmt.Fprint(w, "still here")
	})
	response, err := http.Get("http://" + address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if gone := <-ended; gone != nil || err != nil || string(text) != "still here" {
		t.Errorf("%q, %v; its context: %v", text, err, gone)
	}
}

func TestABodyThatDoesNotComeIsNotWaitedFor(t *testing.T) {
	read := make(chan error, 1)
	address := served(t, 50*time.Millisecond, func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		read <- err
	})
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	fmt.Fprintf(connection, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nslow")
	if err := <-read; err == nil || errors.Is(err, io.EOF) {
		t.Errorf("read with %v", err)
	}
}

func TestLongHeadersAreRefused(t *testing.T) {
	address := served(t, time.Minute, func(http.ResponseWriter, *http.Request) {})
	request, err := http.NewRequest(http.MethodGet, "http://"+address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Long", strings.Repeat("x", 80<<10))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("answered with %d", response.StatusCode)
	}
}

func TestOnlyALoopbackAddressIsOurOwn(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1:80": true, "[::1]:80": true, "127.8.0.1:80": true, "0.0.0.0:80": false, ":80": false, "192.0.2.1:80": false, "localhost": false, "": false,
	} {
		if isLoopback(address) != want {
			t.Errorf("%q: %v", address, !want)
		}
	}
}
