package temporald

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"github.com/temporalio/ui-server/v2/server/api"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/csrf"
	"github.com/temporalio/ui-server/v2/server/route"
	"github.com/temporalio/ui-server/v2/server/rpc"
	"github.com/temporalio/ui-server/v2/ui"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
)

// webUI is Temporal's Web UI on a listener of ours. The routes are the
// ui-server's own; its Server type is not used because it ends the process
// when its port is taken and can't tell which port it got.
type webUI struct {
	address  string
	server   *http.Server
	frontend *grpc.ClientConn
}

// startUI serves the UI until stop. There is no CORS at all, so only pages of
// the same origin can read answers.
func startUI(ctx context.Context, address, frontend string, log *slog.Logger) (*webUI, error) {
	listener, err := listenLoopback(ctx, address)
	if err != nil {
		return nil, err
	}
	connection, err := rpc.Dial(frontend, nil)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connect to the frontend: %w", err), listener.Close())
	}
	handler, err := uiHandler(frontend, connection)
	if err != nil {
		return nil, errors.Join(err, connection.Close(), listener.Close())
	}
	errorLog := slog.NewLogLogger(log.Handler(), slog.LevelWarn)
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ErrorLog: errorLog}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.ErrorContext(ctx, "temporal web ui ended", "error", err)
		}
	}()
	return &webUI{address: listener.Addr().String(), server: server, frontend: connection}, nil
}

func (u *webUI) stop() error {
	if u == nil {
		return nil
	}
	// Pages poll for ever: nothing is worth waiting for.
	return errors.Join(u.server.Close(), u.frontend.Close())
}

func uiHandler(frontend string, connection *grpc.ClientConn) (http.Handler, error) {
	settings, err := uiconfig.NewConfigProviderWithRefresh(&uiconfig.Config{
		TemporalGRPCAddress: frontend, DefaultNamespace: Namespace,
		EnableUI: true, HideLogs: true, DisableNewsFetch: true,
		CORS: uiconfig.CORS{CookieInsecure: true}, // loopback is plain HTTP
	})
	if err != nil {
		return nil, fmt.Errorf("configure the UI: %w", err)
	}
	all, err := ui.Assets()
	if err != nil {
		return nil, fmt.Errorf("open the UI's pages: %w", err)
	}
	pages, err := fs.Sub(all, "local")
	if err != nil {
		return nil, fmt.Errorf("open the UI's pages: %w", err)
	}
	router := echo.New()
	router.Logger.SetOutput(io.Discard)
	router.Pre(ownHost)
	router.Use(middleware.Recover(), middleware.Secure(), csrf.EnsureTokenCookie(false),
		middleware.CSRFWithConfig(csrf.MiddlewareConfig(settings, false)))
	route.SetHealthRoute(router)
	calls := router.Group("/api/v1")
	calls.GET("/settings", api.GetSettings(settings))
	calls.GET(api.WorkflowRawHistoryUrl, api.WorkflowRawHistoryHandler(workflowservice.NewWorkflowServiceClient(connection)))
	calls.Any("/*", api.TemporalAPIHandler(settings, nil, connection))
	route.SetRenderRoute(router, "")
	return router, route.SetUIRoutes(router, "", pages)
}

// ownHost refuses a request whose Host is not this machine: a foreign name
// that resolves to 127.0.0.1 would otherwise be "same origin" to a browser.
func ownHost(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		host := c.Request().Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
			return echo.NewHTTPError(http.StatusForbidden, "this address serves this machine only")
		}
		return next(c)
	}
}
