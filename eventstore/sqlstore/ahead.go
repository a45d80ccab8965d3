package sqlstore

import "context"

// ahead gives page after page, as next reads them and says whether there are
// more. While the consumer works on one page the next is read, so that both have
// a processor; no more than these two are in memory. It returns when there are
// no more pages, after an error, or when the consumer wants no more; nothing
// is being read then.
func ahead(
	ctx context.Context, next func(context.Context) (p page, more bool, err error), give func(page, error) bool,
) {
	p, more, err := next(ctx)
	for more && err == nil {
		coming := begin(ctx, next)
		if !coming.while(func() bool { return give(p, nil) }) {
			return
		}
		p, more, err = coming.page, coming.more, coming.err
	}
	give(p, err)
}

// coming is a page that is being read.
type coming struct {
	page page
	more bool
	err  error

	cancel context.CancelFunc
	done   chan struct{}
}

func begin(ctx context.Context, next func(context.Context) (page, bool, error)) *coming {
	ctx, cancel := context.WithCancel(ctx)
	c := &coming{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(c.done)
		c.page, c.more, c.err = next(ctx)
	}()
	return c
}

// while runs the consumer and waits for the page, which is not needed any more
// if the consumer says so or does not return.
func (c *coming) while(consume func() bool) (wanted bool) {
	defer func() {
		if !wanted {
			c.cancel()
		}
		<-c.done
		c.cancel()
	}()
	return consume()
}
