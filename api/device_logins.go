package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/negotiation"
)

// LoginRow says what became of one user's login.
type LoginRow struct {
	User      string `json:"user"`
	Name      string `json:"name,omitempty"`
	Number    string `json:"number,omitempty"`
	Extension string `json:"extension,omitempty"`
	Phone     string `json:"phone,omitempty" example:"yealink t46u"`
	MAC       string `json:"mac,omitempty"`
	Username  string `json:"username,omitempty"`
	Password  string `json:"password,omitempty" doc:"Told this once"`
	Domain    string `json:"domain,omitempty"`
	Transport string `json:"transport,omitempty"`
	Outcome   string `json:"outcome" enum:"issued,refused"`
	Code      string `json:"code,omitempty" example:"no-line"`
	Detail    string `json:"detail,omitempty"`
}

// LoginRows is what became of several users' logins.
type LoginRows struct {
	Rows   []LoginRow `json:"rows"`
	Detail string     `json:"detail,omitempty" doc:"In a repetition: where the passwords have gone"`
}

func (s *Server) routesDeviceLogins() {
	rows := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[LoginRows](), true, "LoginRows")
	register(s, huma.Operation{
		OperationID: "issue-device-logins", Method: http.MethodPost, Path: "/v1/companies/{id}/device-logins", Tags: []string{"devices"},
		Summary: "New logins for the desk phones of several users, told once and row by row", DefaultStatus: http.StatusOK, Errors: []int{http.StatusNotFound},
		Responses: map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{
			"application/json": {Schema: rows}, "text/csv": {Schema: &huma.Schema{Type: huma.TypeString}},
		}}},
	}, s.issueDeviceLogins)
}

func (s *Server) issueDeviceLogins(ctx context.Context, in *struct {
	Writing
	ID     string `path:"id"`
	Accept string `header:"Accept" doc:"application/json, or text/csv for a table"`
	Body   LoginsForm
},
) (*huma.StreamResponse, error) {
	issued, err := s.Desk.IssueDeviceLogins(ctx, s.asked(ctx), in.ID, in.Body)
	if err != nil {
		return nil, err
	}
	mediaType, write := "application/json", func(rows LoginRows) ([]byte, error) { return json.Marshal(rows) }
	if negotiation.SelectQValueFast(in.Accept, []string{"application/json", "text/csv"}) == "text/csv" {
		mediaType, write = loginsTable, func(rows LoginRows) ([]byte, error) { return tableOfLogins(rows.Rows), nil }
	}
	rows := LoginRows{Rows: s.loginRows(ctx, issued)}
	told, err := write(rows)
	if err != nil {
		return nil, err
	}
	if exchangeOf(ctx).replay, err = write(rows.forgotten()); err != nil {
		return nil, err
	}
	var last Done
	for _, row := range issued {
		if row.Err == nil {
			last = row.Done
		}
	}
	answer := answered(mediaType, told)
	body := answer.Body
	answer.Body = func(hc huma.Context) {
		hc.SetHeader("ETag", entityTag(last.Revision))
		hc.SetHeader(headerPosition, positionText(last.Position))
		body(hc)
	}
	return answer, nil
}

// loginRows words what became of the logins.
func (s *Server) loginRows(ctx context.Context, issued []IssuedLogin) []LoginRow {
	rows := make([]LoginRow, 0, len(issued))
	for _, login := range issued {
		row := LoginRow{User: login.User.ID, Outcome: "issued"}
		if login.User.Company != "" {
			row.Name, row.Number, row.Extension = displayed(login.User), string(login.User.Number), login.User.Extension
			row.Phone, row.MAC = login.User.Device, login.User.Person.MAC
		}
		if login.Err != nil {
			problem := s.problem(ctx, login.Err)
			row.Outcome, row.Code, row.Detail = "refused", problem.Code, problem.Detail
		} else {
			row.Username, row.Password, row.Domain, row.Transport = login.Username, login.Password, login.Domain, login.Transport
		}
		rows = append(rows, row)
	}
	return rows
}

// forgotten is what is kept of the answer for a repetition: all but the passwords.
func (l LoginRows) forgotten() LoginRows {
	kept := LoginRows{Detail: "the passwords were shown once; ask for new logins under a new key"}
	for _, row := range l.Rows {
		row.Password = ""
		kept.Rows = append(kept.Rows, row)
	}
	return kept
}

const loginsTable = "text/csv; charset=utf-8; header=present"

// tableOfLogins gives the rows as comma-separated values (RFC 4180).
func tableOfLogins(rows []LoginRow) []byte {
	var out bytes.Buffer
	table := csv.NewWriter(&out)
	table.UseCRLF = true
	lines := [][]string{{"user", "name", "number", "extension", "phone", "mac", "username", "password", "domain", "transport", "outcome", "code", "detail"}}
	for _, r := range rows {
		lines = append(lines, []string{
			r.User, r.Name, r.Number, r.Extension, r.Phone, r.MAC, r.Username, r.Password, r.Domain, r.Transport, r.Outcome, r.Code, r.Detail,
		})
	}
	for _, line := range lines {
		for i, cell := range line {
			line[i] = harmless(cell)
		}
		_ = table.Write(line) // a buffer takes everything
	}
	table.Flush()
	return out.Bytes()
}
