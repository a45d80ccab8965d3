package sip_test

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// phone is a SIP phone over a plain socket that knows as little as possible.
type phone struct {
	t         *testing.T
	name      string
	conn      net.Conn
	reader    *bufio.Reader // of TCP
	algorithm string
	cseq      int
}

var branches atomic.Int64

func (h *house) phone(name, network string) *phone {
	h.t.Helper()
	conn, err := net.Dial(network, h.address)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = conn.Close() })
	return &phone{t: h.t, name: name, conn: conn, reader: bufio.NewReader(conn), algorithm: "SHA-256"}
}

func (p *phone) network() string { return p.conn.LocalAddr().Network() }

func (p *phone) contact() string {
	return fmt.Sprintf("<sip:%s@%s;transport=%s>", p.name, p.conn.LocalAddr(), p.network())
}

// message is a request or a response as it was read.
type message struct {
	start  string
	fields textproto.MIMEHeader
	body   string
}

func (m message) status() int {
	code, _ := strconv.Atoi(strings.Fields(m.start + " 0 0")[1])
	return code
}

func (m message) method() string { return strings.Fields(m.start + " -")[0] }

func (m message) get(name string) string { return m.fields.Get(name) }

func (m message) all(name string) []string { return m.fields[textproto.CanonicalMIMEHeaderKey(name)] }

func (p *phone) write(text string) {
	p.t.Helper()
	if _, err := io.WriteString(p.conn, text); err != nil {
		p.t.Fatal(err)
	}
}

// read gives the next message.
func (p *phone) read() message {
	p.t.Helper()
	m, err := p.try(5 * time.Second)
	if err != nil {
		p.t.Fatalf("%s heard nothing: %v", p.name, err)
	}
	return m
}

func (p *phone) try(patience time.Duration) (message, error) {
	_ = p.conn.SetReadDeadline(time.Now().Add(patience))
	reader := p.reader
	if p.network() == "udp" {
		buffer := make([]byte, 65_535)
		n, err := p.conn.Read(buffer)
		if err != nil {
			return message{}, err
		}
		reader = bufio.NewReader(bytes.NewReader(buffer[:n]))
	}
	text := textproto.NewReader(reader)
	start, err := text.ReadLine()
	if err != nil {
		return message{}, err
	}
	fields, err := text.ReadMIMEHeader()
	if err != nil {
		return message{}, err
	}
	length, _ := strconv.Atoi(fields.Get("Content-Length"))
	body := make([]byte, length)
	_, err = io.ReadFull(reader, body)
	return message{start: start, fields: fields, body: string(body)}, err
}

// await reads until a response with a status comes; others than 100 fail the test.
func (p *phone) await(status int) message {
	p.t.Helper()
	for {
		m := p.read()
		if m.status() == status && strings.HasPrefix(m.start, "SIP/2.0") {
			return m
		}
		if m.status() != 100 {
			p.t.Fatalf("%s waited for %d and got %q (%s)", p.name, status, m.start, m.get("Reason"))
		}
	}
}

// expect reads until a request comes.
func (p *phone) expect(method string) message {
	p.t.Helper()
	for {
		m := p.read()
		if m.method() == method {
			return m
		}
		if m.status() != 100 {
			p.t.Fatalf("%s waited for %s and got %q", p.name, method, m.start)
		}
	}
}

// request writes a request of the phone's own. The fields are given as lines.
func (p *phone) request(method, uri, to, callID string, lines ...string) {
	p.t.Helper()
	p.cseq++
	p.again(method, uri, to, callID, p.cseq, lines...)
}

func (p *phone) again(method, uri, to, callID string, cseq int, lines ...string) {
	p.t.Helper()
	body := ""
	if method == "INVITE" {
		body = "v=0\r\n"
	}
	p.write(fmt.Sprintf("%s %s SIP/2.0\r\nVia: SIP/2.0/%s %s;branch=z9hG4bK-%d;rport\r\nMax-Forwards: 70\r\nFrom: <sip:%s@%s>;tag=tag-%s\r\n"+
		"To: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\n%sContent-Length: %d\r\n\r\n%s",
		method, uri, strings.ToUpper(p.network()), p.conn.LocalAddr(), branches.Add(1), p.name, realm, p.name,
		to, callID, cseq, method, strings.Join(append(lines, ""), "\r\n"), len(body), body))
}

// authorization answers the challenge of the phone's algorithm.
func (p *phone) authorization(challenged message, method, uri, password string) string {
	p.t.Helper()
	name := "Authorization"
	values := challenged.all("WWW-Authenticate")
	if challenged.status() == 407 {
		name, values = "Proxy-Authorization", challenged.all("Proxy-Authenticate")
	}
	for _, value := range values {
		if !strings.Contains(strings.ReplaceAll(value, " = ", "="), "algorithm="+p.algorithm) {
			continue
		}
		_, rest, _ := strings.Cut(value, `nonce="`)
		nonce, _, _ := strings.Cut(rest, `"`)
		return name + ": " + p.credentials(nonce, method, uri, password)
	}
	p.t.Fatalf("no challenge for %s in %v", p.algorithm, values)
	return ""
}

func (p *phone) credentials(nonce, method, uri, password string) string {
	ha1 := p.digest(p.name + ":" + realm + ":" + password)
	response := p.digest(ha1 + ":" + nonce + ":00000001:abc:auth:" + p.digest(method+":"+uri))
	return fmt.Sprintf(`Digest username="%s", realm="%s", nonce="%s", uri="%s", response="%s", algorithm=%s, cnonce="abc", qop=auth, nc=00000001`,
		p.name, realm, nonce, uri, response, p.algorithm)
}

func (p *phone) digest(text string) string {
	if p.algorithm == "MD5" {
		sum := md5.Sum([]byte(text))
		return hex.EncodeToString(sum[:])
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// register sends a REGISTER, answers the challenge and gives the answer.
func (p *phone) register(lines ...string) message {
	p.t.Helper()
	if len(lines) == 0 {
		lines = []string{"Contact: " + p.contact(), "Expires: 600"}
	}
	uri, aor := "sip:"+realm, "<sip:"+p.name+"@"+realm+">"
	p.request("REGISTER", uri, aor, "reg-"+p.name, lines...)
	challenged := p.await(401)
	p.request("REGISTER", uri, aor, "reg-"+p.name, append(lines, p.authorization(challenged, "REGISTER", uri, secret(p.name)))...)
	return p.read()
}

// invite calls, answers the challenge, and gives the request's URI and CSeq.
func (p *phone) invite(callID, target string, lines ...string) (uri string) {
	p.t.Helper()
	uri = "sip:" + target + "@" + realm
	lines = append(lines, "Contact: "+p.contact(), "Content-Type: application/sdp")
	p.request("INVITE", uri, "<"+uri+">", callID, lines...)
	challenged := p.await(407)
	p.ack(uri, challenged)
	p.request("INVITE", uri, "<"+uri+">", callID, append(lines, p.authorization(challenged, "INVITE", uri, secret(p.name)))...)
	return uri
}

// ack acknowledges a refusal hop by hop.
func (p *phone) ack(uri string, refusal message) {
	p.t.Helper()
	cseq, _, _ := strings.Cut(refusal.get("CSeq"), " ")
	p.write(fmt.Sprintf("ACK %s SIP/2.0\r\nVia: %s\r\nMax-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %s ACK\r\nContent-Length: 0\r\n\r\n",
		uri, refusal.get("Via"), refusal.get("From"), refusal.get("To"), refusal.get("Call-ID"), cseq))
}

// answer responds to a request.
func (p *phone) answer(to message, status int, phrase string, lines ...string) {
	p.t.Helper()
	tag := ""
	if !strings.Contains(to.get("To"), "tag=") && status > 100 {
		tag = ";tag=tag-" + p.name
	}
	var text strings.Builder
	fmt.Fprintf(&text, "SIP/2.0 %d %s\r\n", status, phrase)
	for _, name := range []string{"Via", "Record-Route"} {
		for _, value := range to.all(name) {
			fmt.Fprintf(&text, "%s: %s\r\n", name, value)
		}
	}
	fmt.Fprintf(&text, "From: %s\r\nTo: %s%s\r\nCall-ID: %s\r\nCSeq: %s\r\nContact: %s\r\n", to.get("From"), to.get("To"), tag, to.get("Call-ID"), to.get("CSeq"), p.contact())
	for _, line := range lines {
		text.WriteString(line + "\r\n")
	}
	text.WriteString("Content-Length: 0\r\n\r\n")
	p.write(text.String())
}

// routes gives the Route lines of a dialog for its caller, or its callee.
func routes(m message, caller bool) []string {
	var lines []string
	for _, value := range m.all("Record-Route") {
		if caller {
			lines = append([]string{"Route: " + value}, lines...)
		} else {
			lines = append(lines, "Route: "+value)
		}
	}
	return lines
}

// bare strips the angle brackets of a Contact.
func bare(contact string) string {
	_, rest, _ := strings.Cut(contact, "<")
	uri, _, _ := strings.Cut(rest, ">")
	return uri
}
