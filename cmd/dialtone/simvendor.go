package main

import (
	"context"
	"time"

	"dialtone/activities"
	"dialtone/api"
)

// vendor gives the SIM vendor of the configuration.
func vendor(c Config, s *stands) (activities.SIMVendor, error) {
	switch {
	case c.SIMVendor == embedded && s != nil:
		return activities.NewVendor(activities.VendorConfig{URL: "http://" + s.vendorAt}), nil
	case c.SIMVendor == embedded || c.SIMVendor == "":
		return noVendor{}, nil
	}
	config, err := activities.ParseVendor(c.SIMVendor)
	return activities.NewVendor(config), err
}

// vendorReports gives the reader of the SIM vendor's reports, nil where it signs none.
func vendorReports(c Config, s *stands, now func() time.Time) (api.VendorReader, error) {
	secret := ""
	switch {
	case c.SIMVendor == embedded && s != nil:
		secret = s.simSecret
	case c.SIMVendor != embedded && c.SIMVendor != "":
		config, err := activities.ParseVendor(c.SIMVendor)
		if err != nil {
			return nil, err
		}
		secret = config.Secret
	}
	if secret == "" {
		return nil, nil //nolint:nilnil // nobody reports
	}
	return activities.NewVendorReports(secret, now), nil
}

// noVendor stands where no SIM vendor is connected: what it is asked for waits
// until one is.
type noVendor struct{}

// Do tells that nobody is there.
func (noVendor) Do(context.Context, activities.VendorJob) (activities.VendorAnswer, activities.Outcome) {
	return activities.VendorAnswer{}, activities.Outcome{
		Code: "no-vendor", Cause: "vendor-misconfigured", Responsible: "operator", Text: "no SIM vendor is connected to this worker",
	}
}
