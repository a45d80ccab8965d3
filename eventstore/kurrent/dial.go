package kurrent

import (
	"crypto/tls"
	"crypto/x509"
	"math"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"

	"dialtone/domain"
	"dialtone/eventstore/protocol"
)

// The sizes of the windows of a connection and of a call: what a server may
// send ahead of a reader.
const (
	callWindow       = 1 << 20
	connectionWindow = 4 << 20
)

// dialOptions are how every node is dialled. Files that can't be read are wrong
// settings.
func dialOptions(s Settings) ([]grpc.DialOption, error) {
	transport := insecure.NewCredentials()
	if s.TLS {
		config, err := tlsConfig(s)
		if err != nil {
			return nil, err
		}
		transport = credentials.NewTLS(config)
	}
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(transport),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(protocol.ClientReceives)),
		grpc.WithInitialWindowSize(callWindow),
		grpc.WithInitialConnWindowSize(connectionWindow),
		grpc.WithNoProxy(),
		grpc.WithDisableServiceConfig(),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: longestRetry},
			MinConnectTimeout: s.GossipTimeout,
		}),
	}
	if s.KeepAliveInterval > 0 {
		timeout := s.KeepAliveTimeout
		if timeout == 0 {
			timeout = math.MaxInt64
		}
		options = append(options, grpc.WithKeepaliveParams(keepalive.ClientParameters{
			Time: s.KeepAliveInterval, Timeout: timeout, PermitWithoutStream: true,
		}))
	}
	return options, nil
}

func tlsConfig(s Settings) (*tls.Config, error) {
	config := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: !s.VerifyCertificate, //nolint:gosec // G402: what tlsVerifyCert=false asks for
	}
	if s.CAFile != "" {
		text, err := os.ReadFile(s.CAFile)
		if err != nil {
			return nil, domain.Faultf(domain.Invalid, "ca-file", "read the authorities of tlsCaFile: %s", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, domain.Faultf(domain.Invalid, "ca-file", "tlsCaFile holds no certificate in PEM")
		}
	}
	if s.CertFile != "" {
		certificate, err := tls.LoadX509KeyPair(s.CertFile, s.KeyFile)
		if err != nil {
			return nil, domain.Faultf(domain.Invalid, "client-certificate", "read userCertFile and userKeyFile: %s", err)
		}
		config.Certificates = []tls.Certificate{certificate}
	}
	return config, nil
}
