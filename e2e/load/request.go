package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// request is one of the load: a GET, or a POST whose body the backend must return.
type request struct {
	id   string
	post bool
}

func (r request) method() string {
	if r.post {
		return "POST"
	}
	return "GET"
}

func (r request) body() string {
	if r.post {
		return "body of " + r.id + strings.Repeat(" .", 500)
	}
	return ""
}

// errMixed is the worst that can happen: somebody else's answer.
var errMixed = errors.New("answer to another request")

type answer struct {
	status int
	body   []byte
	parsed struct {
		Pod, Version, Method, Body string
		Headers                    map[string]string
	}
}

// check accepts only the answer of a backend to this very request.
func (a *answer) check(r request) error {
	if a.status != http.StatusOK {
		return fmt.Errorf("status %d", a.status)
	}
	if err := json.Unmarshal(a.body, &a.parsed); err != nil {
		return fmt.Errorf("not the backend's answer: %.200q", a.body)
	}
	if got := a.parsed.Method; got != r.method() {
		return fmt.Errorf("%w: method %s", errMixed, got)
	}
	if got := a.parsed.Headers["x-load-id"]; got != r.id {
		return fmt.Errorf("%w: id %q", errMixed, got)
	}
	if got := a.parsed.Body; got != r.body() {
		return fmt.Errorf("%w: a body of %d bytes, %.60q", errMixed, len(got), got)
	}
	return nil
}
