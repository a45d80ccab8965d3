package api

import (
	"context"
	"maps"
	"slices"
	"strings"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/domain/policy"
	"dialtone/domain/user"
	"dialtone/eventstore"
)

// numbersLimit is the most numbers one order may connect.
const numbersLimit = 20_000

// CreateCompany makes a company with its numbers, licences and main user, whose
// activation starts at once. Everything is claimed before anything is written, so
// a refusal leaves nothing. The main user gets the main number where the policy's
// users cannot do without one. Company and main user are two streams, though: where
// the process ends between them, the company is there alone until the same
// command comes again, which finds it and makes up for the main user, claiming
// anew what was given up meanwhile. Should somebody else have it by then, the
// company stays without, and the refusal says why. Where the process ends before
// the company is written and its numbers are given up, the refusal is
// claims-expired, and the company has to be ordered anew.
func (d *Desk) CreateCompany(ctx context.Context, cause domain.Cause, form CompanyForm) (Done, error) {
	order, err := d.companyOrder(cause, form)
	if err != nil {
		return Done{}, err
	}
	cause.Policy = order.Policy.Stamp()
	main, mainCause, err := mainUser(cause, order, form.MainUser)
	if err != nil {
		return Done{}, err
	}
	if main != nil {
		order.MainUser = main.ID
	}
	result, err := d.look(ctx, company.Stream(order.ID), cause, func([]domain.Fact) error { return nil })
	if err == nil && !result.Repeated {
		result, err = d.establish(ctx, cause, order, mainCause, main)
	}
	if err != nil || main == nil {
		return done(order.ID, result), err
	}
	placed, err := d.place(ctx, mainCause, *main, "")
	result.Position = max(result.Position, placed.Position)
	return Done{ID: order.ID, Result: result, MainUser: main.ID}, err
}

// establish claims everything, the main user's part included, and writes the company.
func (d *Desk) establish(ctx context.Context, cause domain.Cause, order company.Create, mainCause domain.Cause, main *user.Create) (eventstore.Result, error) {
	connected, err := d.connect(ctx, cause, order.ID, "", order.Blocks)
	if err != nil {
		return eventstore.Result{}, err
	}
	if main != nil {
		held, err := d.journal.Reserve(ctx, mainCause, slices.DeleteFunc(d.wishes(ctx, mainCause, *main), foundersOwn)...)
		if err != nil {
			connected.settle(ctx, err)
			return eventstore.Result{}, err
		}
		connected = append(connected, held)
	}
	result, err := d.journal.Execute(ctx, company.Stream(order.ID), cause, order.Decide)
	connected.settle(ctx, err)
	return result, err
}

// foundersOwn tells whether a wish of the main user needs no claim before the
// company is written: nobody else can ask for a number of a company that is not
// there yet, and a number that is a user's could not be given back with the rest.
func foundersOwn(wish eventstore.Wish) bool { return wish.Name == wishNumber }

// companyOrder turns a form into the command and judges it.
func (d *Desk) companyOrder(cause domain.Cause, f CompanyForm) (company.Create, error) {
	trimmed(&f.Name, &f.Policy, &f.Language, &f.Country)
	f.Country = strings.ToUpper(f.Country)
	order := company.Create{ID: domain.DeriveID("company", cause.Command), Name: f.Name, Language: f.Language, Country: f.Country}
	order.Blocks, order.Licences = blocksOf(f.Numbers, f.Country), licencesOf(f.Licences)
	var c domain.Check
	rules := d.policyNamed(&c, f.Policy, f.Strict)
	c.Need(len(f.Country) != 2 || telephoned(f.Country), "/country", "unknown", "%s is no country with telephone numbers of its own", f.Country)
	order.Policy = rules
	err := merged(order.Check(), c.Err())
	if err != nil {
		return order, err
	}
	bounded(&c, order.Blocks)
	return order, c.Err()
}

func blocksOf(forms []BlockForm, country string) (blocks []company.Block) {
	for _, b := range forms {
		blocks = append(blocks, company.Block{From: domain.E164(phone(b.From, country)), To: domain.E164(phone(b.To, country))})
	}
	return blocks
}

func licencesOf(forms []LicenceForm) (licences []company.Licences) {
	for _, l := range forms {
		licences = append(licences, company.Licences{Kind: strings.TrimSpace(l.Kind), Count: l.Count, BoundUntil: l.BoundUntil})
	}
	return licences
}

// policyNamed finds a policy by its name, made strict where that is wanted, and
// notes one that is not there.
func (d *Desk) policyNamed(c *domain.Check, name string, strict bool) policy.Policy {
	rules, known := d.cfg.Policies[name]
	names := strings.Join(slices.Sorted(maps.Keys(d.cfg.Policies)), ", ")
	c.Need(known, "/policy", "unknown", "is one of %s, not %q", names, name)
	if strict && known {
		return rules.Strictest()
	}
	return rules
}

// bounded notes blocks that hold more numbers than one order may connect.
func bounded(c *domain.Check, blocks []company.Block) {
	total := 0
	for _, b := range blocks {
		total += b.Count()
	}
	c.Need(total <= numbersLimit, "/numbers", "too-large", "holds %d numbers, at most %d can be ordered at once", total, numbersLimit)
}

// mainUser makes the order of the main user, judged by the company as it will be.
func mainUser(cause domain.Cause, order company.Create, form *MainUserForm) (*user.Create, domain.Cause, error) {
	if form == nil {
		return nil, cause, nil
	}
	events, err := order.Decide(nil)
	if err != nil {
		return nil, cause, err
	}
	facts := make([]domain.Fact, 0, len(events))
	for _, event := range events {
		facts = append(facts, domain.Fact{Event: event, At: cause.At})
	}
	at := true
	cause = cause.For("main-user")
	firm := company.Fold(facts)
	main := UserForm{
		FirstName: form.FirstName, LastName: form.LastName, Email: form.Email, Mobile: form.Mobile,
		Number: form.Number, Extension: form.Extension, Activate: &at,
	}.order(firm, domain.DeriveID("user", cause.Command))
	main.Admin = true
	if main.Number == "" && firm.Policy.NeedsNumber() {
		main.Number = firm.MainNumber
	}
	var c domain.Check
	c.Need(main.Number != "" || !firm.Policy.NeedsNumber(), "/number", "missing", "is needed to be activated or to log in; order numbers with the company")
	return &main, cause, below("/mainUser", merged(main.Check(), c.Err()))
}

// OpenSite adds a location to a company.
func (d *Desk) OpenSite(ctx context.Context, cause domain.Cause, companyID string, form SiteForm, options ...eventstore.Option) (Done, error) {
	trimmed(&form.Name, &form.Country, &form.TimeZone)
	open := company.OpenSite{
		ID: domain.DeriveID("site", cause.Command), Name: form.Name,
		Country: strings.ToUpper(form.Country), TimeZone: form.TimeZone,
	}
	result, err := d.journal.Execute(ctx, company.Stream(companyID), cause, open.Decide, options...)
	return done(open.ID, result), err
}
