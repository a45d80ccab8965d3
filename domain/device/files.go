package device

import (
	"encoding/xml"
	"regexp"
	"strings"
)

// Account is what a phone's configuration says about its line.
type Account struct {
	Enabled   bool // false: the phone registers nobody
	Name      string
	Username  string
	Password  string // "" leaves the one that was typed into the phone
	Domain    string
	Transport string // "udp", "tcp" or "tls"
}

// File is a configuration file as a phone fetches it.
type File struct {
	Type string // media type
	Body []byte
	Line bool // it holds the account
}

// fileName is how phones name their files: Yealink and Poly by the MAC address,
// Snom with the model in front, Poly's second file with its purpose behind.
var fileName = regexp.MustCompile(`^(?:snom[A-Za-z0-9]{1,12}-)?([0-9A-Fa-f]{12})(-line)?\.(cfg|htm|xml)$`)

// MACOf gives the MAC address in the name of a file, 12 lower-case hex digits; false
// for what no phone asks for.
func MACOf(file string) (string, bool) {
	parts := fileName.FindStringSubmatch(file)
	if parts == nil {
		return "", false
	}
	return strings.ToLower(parts[1]), true
}

// FileOf makes the file of a name for a manufacturer's phone: the same bytes for
// the same account. It is false where such phones have no file of that name.
func FileOf(manufacturer, file string, a Account) (File, bool) {
	parts := fileName.FindStringSubmatch(file)
	if parts == nil {
		return File{}, false
	}
	line, suffix := parts[2] != "", parts[3]
	switch {
	case manufacturer == Yealink && suffix == "cfg" && !line:
		return File{Type: "text/plain; charset=utf-8", Body: yealink(a), Line: true}, true
	case manufacturer == Snom && suffix != "cfg" && !line:
		return File{Type: "text/xml; charset=utf-8", Body: snom(a), Line: true}, true
	case manufacturer == Poly && suffix == "cfg" && line:
		return File{Type: "text/xml; charset=utf-8", Body: polyLine(a), Line: true}, true
	case manufacturer == Poly && suffix == "cfg":
		return File{Type: "text/xml; charset=utf-8", Body: polyMaster(strings.ToLower(parts[1]))}, true
	}
	return File{}, false
}

// FileName is what a manufacturer's phone with a MAC address asks for first.
func FileName(manufacturer, model, mac string) string {
	if manufacturer == Snom {
		return "snom" + strings.ReplaceAll(model, " ", "") + "-" + strings.ToUpper(mac) + ".htm"
	}
	return mac + ".cfg"
}

// setting is one line of a configuration.
type setting struct{ key, value string }

// yealink writes Yealink's format: a first line with the version, then keys and
// values. Transport 0 is UDP, 1 TCP, 2 TLS.
func yealink(a Account) []byte {
	transport := map[string]string{"tcp": "1", "tls": "2"}[a.Transport]
	if transport == "" {
		transport = "0"
	}
	settings := []setting{{"account.1.enable", "0"}}
	if a.Enabled {
		settings = []setting{
			{"account.1.enable", "1"},
			{"account.1.label", a.Name},
			{"account.1.display_name", a.Name},
			{"account.1.user_name", a.Username},
			{"account.1.auth_name", a.Username},
			{"account.1.password", a.Password},
			{"account.1.sip_server.1.address", a.Domain},
			{"account.1.sip_server.1.transport_type", transport},
		}
	}
	var out strings.Builder
	out.WriteString("#!version:1.0.0.1\n")
	for _, s := range settings {
		if s.key == "account.1.password" && s.value == "" {
			continue
		}
		out.WriteString(s.key + " = " + oneLine.Replace(s.value) + "\n")
	}
	return []byte(out.String())
}

var oneLine = strings.NewReplacer("\r", " ", "\n", " ")

// snom writes Snom's settings in XML, with the first identity.
func snom(a Account) []byte {
	settings := []setting{{"user_active", "off"}}
	if a.Enabled {
		settings = []setting{
			{"user_active", "on"},
			{"user_realname", a.Name},
			{"user_name", a.Username},
			{"user_pname", a.Username},
			{"user_pass", a.Password},
			{"user_host", a.Domain},
			{"user_outbound", "sip:" + a.Domain + ";transport=" + a.Transport},
		}
	}
	var out strings.Builder
	out.WriteString(xml.Header + "<settings>\n  <phone-settings>\n")
	for _, s := range settings {
		if s.key == "user_pass" && s.value == "" {
			continue
		}
		out.WriteString(`    <` + s.key + ` idx="1" perm="">` + escaped(s.value) + `</` + s.key + ">\n")
	}
	out.WriteString("  </phone-settings>\n</settings>\n")
	return []byte(out.String())
}

// polyMaster writes Poly's first file, which names the second.
func polyMaster(mac string) []byte {
	return []byte(xml.Header + `<APPLICATION APP_FILE_PATH="" CONFIG_FILES="` + mac + `-line.cfg" MISC_FILES="" LOG_FILE_DIRECTORY="" OVERRIDES_DIRECTORY="" CONTACTS_DIRECTORY=""/>` + "\n")
}

// polyLine writes Poly's file of the first registration.
func polyLine(a Account) []byte {
	transport := map[string]string{"tcp": "TCPOnly", "tls": "TLS"}[a.Transport]
	if transport == "" {
		transport = "UDPOnly"
	}
	settings := []setting{
		{"reg.1.address", a.Username},
		{"reg.1.auth.userId", a.Username},
		{"reg.1.auth.password", a.Password},
		{"reg.1.displayName", a.Name},
		{"reg.1.label", a.Name},
		{"reg.1.server.1.address", a.Domain},
		{"reg.1.server.1.transport", transport},
	}
	if !a.Enabled {
		settings = []setting{{"reg.1.address", ""}, {"reg.1.auth.userId", ""}, {"reg.1.server.1.address", ""}}
	}
	var out strings.Builder
	out.WriteString(xml.Header + "<polycomConfig>\n  <reg")
	for _, s := range settings {
		if s.key == "reg.1.auth.password" && s.value == "" {
			continue
		}
		out.WriteString("\n    " + s.key + `="` + escaped(s.value) + `"`)
	}
	out.WriteString("/>\n</polycomConfig>\n")
	return []byte(out.String())
}

func escaped(text string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(text)) // a builder takes everything
	return out.String()
}

var addresses = regexp.MustCompile(`(?i)\b(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}\b`)

// longestAgent is how many characters are kept of what a phone calls itself.
const longestAgent = 60

// Agent shortens what a phone calls itself, and leaves its MAC address out.
func Agent(header string) string {
	clean := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, addresses.ReplaceAllString(header, ""))
	clean = strings.TrimSpace(clean)
	return strings.TrimSpace(clean[:min(longestAgent, len(clean))])
}
