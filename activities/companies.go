package activities

import (
	"context"
	"fmt"
	"strconv"

	"dialtone/domain"
	"dialtone/domain/company"
	"dialtone/eventstore"
)

// Companies performs the duties of companies' workflows.
type Companies struct {
	Journal *eventstore.Journal
	Network Network
}

// CompanyErrand is what a workflow asks for: a company's id and the duty to be
// done. It holds ids and numbers of the company only.
type CompanyErrand struct {
	Company string       `json:"company"`
	Duty    company.Duty `json:"duty"`
}

// LookAtCompany tells what a company's facts ask for now.
func (c *Companies) LookAtCompany(ctx context.Context, in CompanyErrand) (company.Duty, error) {
	history, err := c.load(ctx, in.Company)
	if err != nil {
		return company.Duty{}, fmt.Errorf("look at company %s: %w", in.Company, err)
	}
	return c.next(history), nil
}

// ConnectNumbers asks the operator's network once to bring a block of numbers
// into service, and notes how it went.
func (c *Companies) ConnectNumbers(ctx context.Context, in CompanyErrand) (company.Duty, error) {
	history, err := c.load(ctx, in.Company)
	if err != nil {
		return company.Duty{}, fmt.Errorf("connect numbers of company %s: %w", in.Company, err)
	}
	connection, known := company.Fold(history).Connection(in.Duty.From)
	if !known || connection.State != company.Connecting || connection.Attempts >= in.Duty.Attempt {
		return c.next(history), nil
	}
	order := domain.DeriveID("connection", in.Company, string(connection.From), string(connection.To))
	err = c.Network.Connect(ctx, order, connection.Block)
	if ctx.Err() != nil {
		return company.Duty{}, fmt.Errorf("connect numbers of company %s: %w", in.Company, ctx.Err())
	}
	finish := company.FinishConnection{
		From: in.Duty.From, Attempt: in.Duty.Attempt,
		Trouble: networkTrouble(err, in.Duty.Attempt, c.Journal.Now(), string(connection.From), string(connection.To)),
	}
	cause := c.cause(in.Company, history, string(in.Duty.From), strconv.Itoa(connection.Round), strconv.Itoa(in.Duty.Attempt))
	result, err := c.Journal.Execute(ctx, company.Stream(in.Company), cause, finish.Decide)
	if err != nil {
		return company.Duty{}, fmt.Errorf("note the connection of company %s: %w", in.Company, err)
	}
	return c.next(result.Facts), nil
}

func (c *Companies) next(history []domain.Fact) company.Duty {
	return company.Fold(history).Duty(c.Journal.Now())
}

func (c *Companies) load(ctx context.Context, id string) ([]domain.Fact, error) {
	h, err := c.Journal.Load(ctx, company.Stream(id))
	return h.Facts, err
}

// cause makes the cause of a command that the workflow gives about a connection;
// an activity that runs again gives the same command.
func (c *Companies) cause(id string, history []domain.Fact, purpose ...string) domain.Cause {
	cause := domain.Cause{
		Command: domain.DeriveID(append([]string{"workflow", id, "connection"}, purpose...)...),
		Actor:   domain.Actor{Kind: domain.ActorSystem, ID: "workflow"}, Channel: domain.ChannelWorkflow,
		Policy: company.Fold(history).Policy.Stamp(), At: c.Journal.Now(),
	}
	return following(cause, history)
}
