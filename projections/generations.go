package projections

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/uptrace/bun"
)

// generationForm is the end of the name of a table, or an index, that was built
// beside the live ones.
var generationForm = regexp.MustCompile(`_g([0-9]+)$`)

// object is a table or an index as SQLite keeps it.
type object struct {
	Type, Name, Table, SQL string
}

// objects lists the tables of a projection in all generations, tables first,
// each with its indexes.
func objects(ctx context.Context, db bun.IDB, p projection) ([]object, error) {
	var found []object
	err := db.NewSelect().TableExpr("sqlite_master").ColumnExpr(`type, name, tbl_name AS "table", sql`).
		Where("sql IS NOT NULL").OrderExpr("type DESC, name").Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	var own []object
	for _, o := range found {
		for _, table := range p.tables {
			if generationForm.ReplaceAllString(o.Table, "") == table {
				own = append(own, o)
			}
		}
	}
	return own, nil
}

// generations gives the live tables of a projection and all that lie beside them.
func generations(ctx context.Context, db bun.IDB, p projection) ([]tables, error) {
	own, err := objects(ctx, db, p)
	if err != nil {
		return nil, err
	}
	var all []tables
	for _, o := range own {
		if o.Type == "table" && strings.HasPrefix(o.Table, p.tables[0]) && generationForm.ReplaceAllString(o.Table, "") == p.tables[0] {
			all = append(all, tables{generationForm.FindString(o.Table)})
		}
	}
	return all, nil
}

// beside makes empty tables like the live ones, with their indexes, under a
// generation that has not been used; what a broken rebuild left is dropped.
func beside(ctx context.Context, tx bun.IDB, p projection) (tables, error) {
	own, err := objects(ctx, tx, p)
	if err != nil {
		return tables{}, err
	}
	highest := 0
	for _, o := range own {
		if match := generationForm.FindStringSubmatch(o.Name); match != nil {
			n, _ := strconv.Atoi(match[1]) // digits by its form; too many of them count as none
			highest = max(highest, n)
		}
		if o.Type != "table" || !generationForm.MatchString(o.Table) {
			continue
		}
		if err := exec(ctx, tx, "DROP TABLE ?", bun.Ident(o.Table)); err != nil {
			return tables{}, err
		}
		if err := exec(ctx, tx, "DELETE FROM parked WHERE projection = ?", p.name+generationForm.FindString(o.Table)); err != nil {
			return tables{}, err
		}
	}
	t := tables{"_g" + strconv.Itoa(highest+1)}
	for _, o := range own {
		if generationForm.MatchString(o.Table) {
			continue
		}
		if err := exec(ctx, tx, o.under(t)); err != nil {
			return tables{}, err
		}
	}
	return t, nil
}

// under gives the statement that makes the same thing in another generation.
func (o object) under(t tables) string {
	kind, name := o.Type, generationForm.ReplaceAllString(o.Name, "")+t.generation
	if strings.HasPrefix(strings.ToUpper(o.SQL), "CREATE UNIQUE") {
		kind = "UNIQUE INDEX"
	}
	statement := "CREATE " + kind + ` "` + name + `" `
	if o.Type == "index" {
		statement += `ON "` + o.Table + t.generation + `" `
	}
	return statement + o.SQL[strings.IndexByte(o.SQL, '('):]
}

// promote puts a generation in the place of the live tables.
func promote(ctx context.Context, tx bun.IDB, p projection, t tables) error {
	for _, table := range p.tables {
		if err := exec(ctx, tx, "DROP TABLE ?", bun.Ident(table)); err != nil {
			return err
		}
		if err := exec(ctx, tx, "ALTER TABLE ? RENAME TO ?", t.of(table), bun.Ident(table)); err != nil {
			return err
		}
	}
	return nil
}

func exec(ctx context.Context, tx bun.IDB, statement string, args ...any) error {
	if _, err := tx.NewRaw(statement, args...).Exec(ctx); err != nil {
		return fmt.Errorf("change the schema: %w", err)
	}
	return nil
}
