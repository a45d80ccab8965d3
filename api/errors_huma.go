package api

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// The validator of bodies and parameters tells its findings through the same
// writer as everybody else. Its settings are the library's own variables, so
// they are set once, before anything is served.
func init() {
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return validation(status, message, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
		p := validation(status, message, errs)
		p.Trace = traceOf(ctx.Context())
		return p
	}
	huma.ValidateStrictCasing = true // members are named exactly as described
	huma.DefaultArrayNullable = false
}

// validation tells what the validator found, without the values it found.
func validation(status int, message string, errs []error) *Problem {
	code, detail := "invalid-input", "the input breaks a rule"
	switch {
	case status == http.StatusBadRequest:
		code, detail = codeMalformed, "the request cannot be read: "+message
	case status >= http.StatusInternalServerError:
		code, detail = codeInternal, "something went wrong on our side; tell us the trace"
	case status == http.StatusRequestEntityTooLarge:
		code, detail = codeTooLarge, message
	case status != http.StatusUnprocessableEntity:
		code, detail = strings.ToLower(strings.ReplaceAll(http.StatusText(status), " ", "-")), message
	}
	p := untraced(status, code, detail)
	if status >= http.StatusInternalServerError {
		return p
	}
	for _, err := range errs {
		if finding := (*huma.ErrorDetail)(nil); errors.As(err, &finding) {
			p.Errors = append(p.Errors, field(finding))
		}
	}
	return p
}

var (
	missingMember = regexp.MustCompile(`^expected required property (\S+) to be present$`)
	indexed       = regexp.MustCompile(`\[(\d+)\]`)
	escaped       = strings.NewReplacer("~", "~0", "/", "~1")
)

// field turns a finding at "body.numbers[0].from" into one at "/numbers/0/from".
func field(finding *huma.ErrorDetail) FieldProblem {
	_, path, _ := strings.Cut(finding.Location, ".")
	pointer := pointerOf(indexed.ReplaceAllString(path, ".$1"))
	if named := missingMember.FindStringSubmatch(finding.Message); named != nil {
		return FieldProblem{Pointer: pointer + "/" + named[1], Detail: "is missing", Code: "missing"}
	}
	if finding.Message == "unexpected property" {
		return FieldProblem{Pointer: pointer, Detail: "is not a member that is known here", Code: "unknown"}
	}
	return FieldProblem{Pointer: pointer, Detail: finding.Message, Code: "form"}
}

// pointerOf turns "numbers.0.from" into the JSON Pointer "/numbers/0/from" (RFC 6901).
func pointerOf(path string) string {
	var pointer strings.Builder
	for part := range strings.SplitSeq(path, ".") {
		if part != "" {
			pointer.WriteString("/" + escaped.Replace(part))
		}
	}
	return pointer.String()
}
