// Package policies holds the operators' rules that come with the product, and
// reads those of a folder.
package policies

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"

	"dialtone/domain/policy"
)

//go:embed *.yaml
var presets embed.FS

// Presets gives the policies that come with the product, by their names.
func Presets() (map[string]policy.Policy, error) { return Read(presets) }

// Read gives the policies of all YAML files in a folder, by their names. Every
// file must be right: an unknown member or a value out of range is an error.
func Read(folder fs.FS) (map[string]policy.Policy, error) {
	files, err := fs.Glob(folder, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list policies: %w", err)
	}
	found := map[string]policy.Policy{}
	for _, file := range files {
		p, err := read(folder, file)
		if err != nil {
			return nil, fmt.Errorf("policy file %s: %w", file, err)
		}
		if _, twice := found[p.Name]; twice {
			return nil, fmt.Errorf("policy file %s: there is another policy named %s", file, p.Name)
		}
		found[p.Name] = p
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("the folder holds no policy file (*.yaml)")
	}
	return found, nil
}

func read(folder fs.FS, file string) (policy.Policy, error) {
	var p policy.Policy
	raw, err := fs.ReadFile(folder, file)
	if err != nil {
		return p, err
	}
	members, err := yaml.Parser().Unmarshal(raw)
	if err != nil {
		return p, err
	}
	text, err := json.Marshal(members)
	if err != nil {
		return p, err
	}
	strict := json.NewDecoder(strings.NewReader(string(text)))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&p); err != nil {
		return p, err
	}
	if want := strings.TrimSuffix(path.Base(file), ".yaml"); p.Name != want {
		return p, fmt.Errorf("the name is %q, the file's name says %q", p.Name, want)
	}
	return p, p.Validate()
}
