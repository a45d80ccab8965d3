package sqlstore

// BeforeCommit has the writer call a function before each commit; an error
// rolls the transaction back.
func (s *Store) BeforeCommit(do func() error) { s.writer.beforeCommit = do }
