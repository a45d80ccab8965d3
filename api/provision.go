package api

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dialtone/domain"
	"dialtone/domain/claim"
	"dialtone/domain/device"
	"dialtone/domain/user"
)

func (s *Server) routesProvision() {
	limit := newMisses(s.cfg.Journal.Now)
	s.engine.GET("/provision/:secret/:file", uncached, func(c *gin.Context) { s.provision(c, limit) })
}

// provision hands a phone its configuration. An unknown MAC address, a wrong secret
// and a file that such a phone does not have are answered alike, after the same reads.
func (s *Server) provision(c *gin.Context, limit *misses) {
	ctx, source := c.Request.Context(), sourceOf(c.Request.RemoteAddr)
	if err := limit.refused(source); err != nil {
		s.refuse(c, err)
		return
	}
	phone, err := s.Desk.phoneAt(ctx, c.Param("secret"), c.Param("file"))
	var file device.File
	if err == nil {
		file, err = s.Desk.configuration(ctx, phone, c.Param("file"))
	}
	if err != nil {
		if domain.KindOf(err) == domain.Missing {
			limit.missed(source)
		}
		s.refuse(c, err)
		return
	}
	if file.Line {
		if err := s.Desk.noteFetched(ctx, phone, file, c.GetHeader("User-Agent")); err != nil { // the phone gets its file all the same
			s.cfg.Log.LogAttrs(ctx, slog.LevelWarn, "a fetch was not noted", slog.String("trace", traceOf(ctx)), slog.String("device", phone.ID), slog.String("error", err.Error()))
		}
	}
	c.Data(http.StatusOK, file.Type, file.Body)
}

// errNoFile is the one answer to whatever does not lead to a configuration.
var errNoFile = domain.Faultf(domain.Missing, "no-route", "there is nothing at this address")

// phoneAt finds the phone that a request comes from by the MAC address in the name
// of the file, if the secret is the phone's. It does not use the read models.
func (d *Desk) phoneAt(ctx context.Context, secret, file string) (device.State, error) {
	mac, named := device.MACOf(file)
	claimed, err := d.journal.Load(ctx, device.MarksClaim(d.cfg.ClaimKey, "", device.Marks{MAC: mac}))
	if err != nil {
		return device.State{}, err
	}
	id, known := strings.CutPrefix(claim.Fold(claimed.Facts).Owner, device.Stream(""))
	if !known {
		id = domain.DeriveID("device", "nobody's") // so that as much is read
	}
	h, err := d.journal.Load(ctx, device.Stream(id))
	if err != nil {
		return device.State{}, err
	}
	phone := device.Fold(h.Facts)
	right := device.IsSecret(d.cfg.DeviceKey, id, phone.Generation, secret)
	if !right || !known || !named || !phone.Exists() || phone.Marks.MAC != mac {
		return device.State{}, errNoFile
	}
	return phone, nil
}

// configuration makes a phone's file from the facts of the phone and its user. A
// phone that nobody has is told to register nobody.
func (d *Desk) configuration(ctx context.Context, phone device.State, name string) (device.File, error) {
	var account device.Account
	if _, ok := device.FileOf(phone.Manufacturer, name, account); !ok {
		return device.File{}, errNoFile
	}
	if phone.User != "" {
		var err error
		if account, err = d.account(ctx, phone); err != nil {
			return device.File{}, err
		}
	}
	file, _ := device.FileOf(phone.Manufacturer, name, account)
	return file, nil
}

// account gives what the phone logs in with. A user without a login gets one, which
// nobody but the phone is told. A password that somebody has chosen cannot be
// derived again: it is left as it was typed into the phone.
func (d *Desk) account(ctx context.Context, phone device.State) (device.Account, error) {
	h, err := d.journal.Load(ctx, user.Stream(phone.User))
	if err != nil {
		return device.Account{}, err
	}
	owner := user.Fold(h.Facts)
	if owner.Claims.Device != device.Stream(phone.ID) || !owner.Exists() || !owner.HasLine() {
		return device.Account{}, nil
	}
	if owner.Login.Username == "" || owner.LoginElsewhere {
		login, err := d.IssueDeviceLogin(ctx, phoneCause(d.journal.Now(), phone, "login", phone.User, phone.Taking), phone.User)
		if err != nil {
			return device.Account{}, err
		}
		owner = user.Fold(login.Facts)
	}
	return device.Account{
		Enabled: true, Name: displayed(owner), Username: owner.Login.Username, Password: d.derived(owner),
		Domain: owner.Login.Realm, Transport: d.cfg.SIPTransport,
	}, nil
}

// derived gives the password of a user's login, "" where it was not derived from
// the server's key.
func (d *Desk) derived(s user.State) string {
	password := user.DevicePassword(d.cfg.DeviceKey, s.LoginID)
	const algorithm = "SHA-256"
	if s.Login.Personal == nil || s.LoginID == "" {
		return ""
	}
	if right := user.HA1(s.Login.Username, s.Login.Realm, password)[algorithm]; !hmac.Equal([]byte(right), []byte(s.Login.Personal.HA1[algorithm])) {
		return ""
	}
	return password
}

// displayed is the name on a phone's screen, the extension where there is none.
func displayed(s user.State) string {
	first, last := s.Person.DirectoryFirstName, s.Person.DirectoryLastName
	if first+last == "" {
		first, last = s.Person.FirstName, s.Person.LastName
	}
	if name := strings.TrimSpace(first + " " + last); name != "" {
		return name
	}
	return s.Extension
}

// noteFetched writes down that the phone picked its configuration up.
func (d *Desk) noteFetched(ctx context.Context, phone device.State, file device.File, agent string) error {
	sum := sha256.Sum256(file.Body)
	note := device.NoteFetched{At: d.journal.Now(), ConfigurationFetched: device.ConfigurationFetched{
		Format: device.Format(phone.Manufacturer), Sum: hex.EncodeToString(sum[:]), Agent: device.Agent(agent),
	}}
	cause := phoneCause(note.At, phone, "fetched", note.Sum, phone.FetchedAt.String())
	_, err := d.journal.Execute(ctx, device.Stream(phone.ID), cause, note.Decide)
	return err
}

// phoneCause gives the cause of what a phone does by itself; the same purpose is the
// same command.
func phoneCause(at time.Time, phone device.State, purpose ...string) domain.Cause {
	return domain.Cause{
		Command: domain.DeriveID(append([]string{"provision", phone.ID}, purpose...)...), At: at,
		Actor: domain.Actor{Kind: domain.ActorSystem, ID: "phone"}, Channel: domain.ChannelPhone,
	}
}
