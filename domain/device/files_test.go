package device_test

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"

	"dialtone/domain/device"
)

const mac = "001565abcdef"

var account = device.Account{Enabled: true, Name: `Ada "Countess" <King> & Co`, Username: "uabc", Password: "s3cret", Domain: "sip.example", Transport: "udp"}

// node reads any XML.
type node struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Text    string     `xml:",chardata"`
	Nodes   []node     `xml:",any"`
}

// settings reads a file as the phone of its format does.
func settings(t *testing.T, format string, body []byte) map[string]string {
	t.Helper()
	found := map[string]string{}
	if format == device.Yealink {
		first, rest, _ := strings.Cut(string(body), "\n")
		if first != "#!version:1.0.0.1" {
			t.Fatalf("the first line is %q", first)
		}
		for line := range strings.Lines(rest) {
			key, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " = ")
			if !ok || found[key] != "" {
				t.Errorf("the line %q", line)
			}
			found[key] = value
		}
		return found
	}
	var root node
	if err := xml.NewDecoder(bytes.NewReader(body)).Decode(&root); err != nil {
		t.Fatal(err)
	}
	found["root"] = root.XMLName.Local
	var walk func(node)
	walk = func(n node) {
		if len(n.Nodes) == 0 {
			found[n.XMLName.Local] = n.Text
		}
		for _, a := range n.Attrs {
			if a.Name.Local != "idx" && a.Name.Local != "perm" {
				found[a.Name.Local] = a.Value
			}
		}
		for _, inner := range n.Nodes {
			walk(inner)
		}
	}
	walk(root)
	return found
}

func TestEveryMakersFileSaysWhoThePhoneIs(t *testing.T) {
	for _, c := range []struct {
		maker, file string
		want        map[string]string
		password    string
		off         map[string]string
	}{
		{device.Yealink, mac + ".cfg", map[string]string{
			"account.1.enable": "1", "account.1.display_name": account.Name, "account.1.user_name": "uabc", "account.1.auth_name": "uabc",
			"account.1.sip_server.1.address": "sip.example", "account.1.sip_server.1.transport_type": "0",
		}, "account.1.password", map[string]string{"account.1.enable": "0"}},
		{device.Snom, "snomD785-001565ABCDEF.htm", map[string]string{
			"root": "settings", "user_active": "on", "user_realname": account.Name, "user_name": "uabc", "user_pname": "uabc",
			"user_host": "sip.example", "user_outbound": "sip:sip.example;transport=udp",
		}, "user_pass", map[string]string{"user_active": "off"}},
		{device.Poly, mac + "-line.cfg", map[string]string{
			"root": "polycomConfig", "reg.1.address": "uabc", "reg.1.auth.userId": "uabc", "reg.1.displayName": account.Name,
			"reg.1.server.1.address": "sip.example", "reg.1.server.1.transport": "UDPOnly",
		}, "reg.1.auth.password", map[string]string{"reg.1.address": ""}},
	} {
		t.Run(c.maker, func(t *testing.T) {
			file, ok := device.FileOf(c.maker, c.file, account)
			if !ok || !file.Line {
				t.Fatal("there is no such file")
			}
			got := settings(t, c.maker, file.Body)
			for key, value := range c.want {
				if got[key] != value {
					t.Errorf("%s is %q, want %q", key, got[key], value)
				}
			}
			if got[c.password] != account.Password {
				t.Errorf("%s is not the password", c.password)
			}
			again, _ := device.FileOf(c.maker, c.file, account)
			if !bytes.Equal(file.Body, again.Body) {
				t.Error("the same account gives other bytes")
			}
			typed := account
			typed.Password = ""
			file, _ = device.FileOf(c.maker, c.file, typed)
			if _, there := settings(t, c.maker, file.Body)[c.password]; there {
				t.Error("a password that is not known takes the typed one away")
			}
			file, _ = device.FileOf(c.maker, c.file, device.Account{})
			for key, value := range c.off {
				if got, there := settings(t, c.maker, file.Body)[key]; got != value || !there {
					t.Errorf("nobody's phone has %s %q", key, got)
				}
			}
			for transport := range strings.FieldsSeq("tcp tls") {
				other := account
				other.Transport = transport
				if changed, _ := device.FileOf(c.maker, c.file, other); bytes.Equal(changed.Body, again.Body) {
					t.Errorf("the transport %s changes nothing", transport)
				}
			}
		})
	}
}

func TestPolysFirstFileNamesTheSecond(t *testing.T) {
	file, ok := device.FileOf(device.Poly, mac+".cfg", account)
	got := settings(t, device.Poly, file.Body)
	if !ok || file.Line || got["root"] != "APPLICATION" || got["CONFIG_FILES"] != mac+"-line.cfg" || bytes.Contains(file.Body, []byte(account.Password)) {
		t.Errorf("the file is %s", file.Body)
	}
}

func TestOnlyNamesOfFilesHoldAMAC(t *testing.T) {
	for name, want := range map[string]string{
		mac + ".cfg": mac, "001565ABCDEF.cfg": mac, "snomD785-001565ABCDEF.htm": mac, mac + ".xml": mac, mac + "-line.cfg": mac,
		"y000000000108.cfg": "", "001565abcde.cfg": "", "../" + mac + ".cfg": "", mac + ".cfg.bak": "", mac: "",
	} {
		if got, ok := device.MACOf(name); got != want || ok != (want != "") {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, c := range [][2]string{{device.Yealink, mac + "-line.cfg"}, {device.Yealink, mac + ".xml"}, {device.Snom, mac + ".cfg"}, {"cisco", mac + ".cfg"}, {device.Poly, mac + ".htm"}, {device.Poly, "x"}} {
		if _, ok := device.FileOf(c[0], c[1], account); ok {
			t.Errorf("%s has %s", c[0], c[1])
		}
	}
	for _, maker := range []string{device.Yealink, device.Snom, device.Poly} {
		if _, ok := device.FileOf(maker, device.FileName(maker, "VVX 250", mac), account); !ok {
			t.Errorf("%s asks for %s, which is not there", maker, device.FileName(maker, "VVX 250", mac))
		}
	}
}

func TestWhatAPhoneCallsItselfIsShortAndWithoutItsAddress(t *testing.T) {
	for header, want := range map[string]string{
		"Yealink SIP-T46U 108.86.0.20 00:15:65:ab:cd:ef": "Yealink SIP-T46U 108.86.0.20", "snomD785 001565ABCDEF": "snomD785", "a\x00b\n": "ab",
		strings.Repeat("x", 300): strings.Repeat("x", 60), "": "",
	} {
		if got := device.Agent(header); got != want {
			t.Errorf("%q is kept as %q", header, got)
		}
	}
}
