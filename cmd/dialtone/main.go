// Command dialtone is the whole product in one binary: all roles in one process
// on embedded engines, one role alone, and the tools to look at what is kept.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // texts name people's own time, whatever the machine has

	"github.com/spf13/cobra"
)

// errConfiguration marks what ends with exit status 2.
var errConfiguration = errors.New("the configuration is wrong")

func main() { os.Exit(start(os.Args[1:], os.Stdout, os.Stderr)) }

func start(args []string, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := rootCommand()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errConfiguration):
		fmt.Fprintln(errOut, err)
		return 2
	default:
		fmt.Fprintln(errOut, "dialtone:", err)
		return 1
	}
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "dialtone",
		Short:         "Takes a telephone user from an order to the first ring",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	addFlags(root.PersistentFlags())
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return fmt.Errorf("%w:\n%w", errConfiguration, err) })
	root.AddCommand(
		roleCommand("run", "All roles in one process on embedded engines", roles{api: true, worker: true, projector: true, sip: true}),
		roleCommand("api", "The API and the pages", roles{api: true}),
		roleCommand("worker", "Workflows, activities, reactor and sweep", roles{worker: true}),
		roleCommand("projector", "The read models", roles{projector: true}),
		roleCommand("sip", "The SIP registrar and proxy", roles{sip: true}),
		eventstoreCommand(), userCommand(), verifyCommand(), projectionsCommand(),
	)
	return root
}

// configured runs a command with its configuration; problems end with exit
// status 2, all of them in one message.
func configured(run func(cmd *cobra.Command, args []string, c Config) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		c, err := loadConfig(cmd.Flags())
		if err != nil {
			return fmt.Errorf("%w:\n%w", errConfiguration, err)
		}
		return run(cmd, args, c)
	}
}
