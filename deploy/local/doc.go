// Package local holds the stand-ins that `dialtone run` embeds so that nothing
// has to be installed: an SMTP server and a Twilio-compatible SMS service that
// deliver into one Inbox, and the operator's Network. Each speaks its real
// protocol and can be told to fail, from Go or over HTTP under /dev.
package local
