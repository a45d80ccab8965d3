// Package judges lets Twilio's own OpenAPI description judge what the activities
// send to Twilio, and what the stand-in for Twilio answers. Prism reads the
// description and is a process of its own. The packages are for tests only and
// pinned by package-lock.json.
package judges
