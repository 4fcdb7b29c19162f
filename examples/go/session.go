package main

import (
	"context"
	"sync"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	session "github.com/prism-data/prism/gen/go/prism/session/v1"
)

const (
	tokenHeader = "x-session-token"
	// Of each call that the keeper makes by itself.
	keeperTimeout = 10 * time.Second
)

// SessionKeeper keeps one session open: it sends heartbeats, refreshes the session before it expires, puts its token
// into every call of a connection, and makes a new session when a call was refused because the old one is over.
// It is safe for concurrent use.
type SessionKeeper struct {
	// HeartbeatEvery is well below the five minutes after which an idle session ends.
	HeartbeatEvery time.Duration
	// RefreshBelow is how little time the session may have left before it is refreshed.
	RefreshBelow time.Duration
	// OnSession, if set, is told the id of each new session. The id is no secret; the token is, so nobody is told it.
	OnSession func(id string, expires time.Time)
	// OnRefresh, if set, is told the new expiry.
	OnRefresh func(expires time.Time)
	// OnError, if set, is told why a heartbeat failed. The next one is sent all the same.
	OnError func(error)

	request  *session.CreateSessionRequest
	sessions session.SessionServiceClient
	stop     context.CancelFunc
	beating  sync.WaitGroup

	mutex   sync.Mutex
	token   string
	pending *renewal
	closed  bool
}

// A session in the making, for which any number of refused calls wait.
type renewal struct {
	done  chan struct{}
	token string
	err   error
}

func NewSessionKeeper(request *session.CreateSessionRequest) *SessionKeeper {
	return &SessionKeeper{HeartbeatEvery: time.Minute, RefreshBelow: 10 * time.Minute, request: request}
}

// DialOptions are for the connection that Start is given.
func (k *SessionKeeper) DialOptions() []grpc.DialOption {
	return []grpc.DialOption{grpc.WithChainUnaryInterceptor(k.unary), grpc.WithChainStreamInterceptor(k.stream)}
}

// Start creates the session and keeps it until Close.
func (k *SessionKeeper) Start(ctx context.Context, connection grpc.ClientConnInterface) error {
	k.sessions = session.NewSessionServiceClient(connection)
	if _, err := k.renew(ctx, "", nil); err != nil {
		return err
	}
	beats, stop := context.WithCancel(context.Background())
	k.stop = stop
	k.beating.Go(func() { k.keepAlive(beats) })
	return nil
}

// Close ends the session. Calls that still run are broken off, and later ones are refused: no new session is made.
func (k *SessionKeeper) Close(ctx context.Context) error {
	k.mutex.Lock()
	k.closed = true
	pending := k.pending
	k.mutex.Unlock()
	if k.stop == nil {
		return nil
	}
	k.stop()
	k.beating.Wait()
	if pending != nil {
		<-pending.done
	}
	_, err := k.sessions.CloseSession(ctx, &session.CloseSessionRequest{Force: true})
	if isOver(err) {
		return nil
	}
	return err
}

func (k *SessionKeeper) keepAlive(ctx context.Context) {
	ticker := time.NewTicker(k.HeartbeatEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := k.beat(ctx); err != nil && ctx.Err() == nil && k.OnError != nil {
				k.OnError(err)
			}
		}
	}
}

// These calls go through the interceptor like any other, so a heartbeat that finds the session over renews it.
func (k *SessionKeeper) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, keeperTimeout)
	defer cancel()
	alive, err := k.sessions.Heartbeat(ctx, &session.HeartbeatRequest{})
	if err != nil {
		return err
	}
	// The server says what is left, so this machine's clock does not matter.
	if alive.Ttl.AsDuration() > k.RefreshBelow {
		return nil
	}
	// The token stays the same. A session lives 24 hours at most; then a call is refused, and a new one is made.
	refreshed, err := k.sessions.RefreshSession(ctx, &session.RefreshSessionRequest{})
	if err == nil && k.OnRefresh != nil {
		k.OnRefresh(refreshed.NewExpiresAt.AsTime())
	}
	return err
}

// renew returns the token of a session other than the refused one: the present one if somebody has renewed it already.
// A keeper that is closed makes none and returns the refusal.
func (k *SessionKeeper) renew(ctx context.Context, refused string, refusal error) (string, error) {
	k.mutex.Lock()
	if k.closed || k.token != refused {
		defer k.mutex.Unlock()
		if k.closed {
			return "", refusal
		}
		return k.token, nil
	}
	if k.pending == nil {
		k.pending = &renewal{done: make(chan struct{})}
		// Not in this call's context: others wait for the same session.
		go k.create(k.pending)
	}
	pending := k.pending
	k.mutex.Unlock()
	select {
	case <-pending.done:
		return pending.token, pending.err
	case <-ctx.Done():
		return "", status.FromContextError(ctx.Err()).Err()
	}
}

func (k *SessionKeeper) create(pending *renewal) {
	ctx, cancel := context.WithTimeout(context.Background(), keeperTimeout)
	defer cancel()
	created, err := k.sessions.CreateSession(ctx, k.request)
	k.mutex.Lock()
	if err == nil {
		k.token = created.SessionToken
	}
	pending.token, pending.err = created.GetSessionToken(), err
	k.pending = nil
	k.mutex.Unlock()
	if err == nil && k.OnSession != nil {
		k.OnSession(created.SessionId, created.ExpiresAt.AsTime())
	}
	close(pending.done)
}

func (k *SessionKeeper) currentToken() string {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	return k.token
}

// A refused call has done nothing, so it may be repeated whatever it does: once, as RFC-002 §7.3 has it.
func (k *SessionKeeper) unary(ctx context.Context, method string, request, reply any, connection *grpc.ClientConn,
	invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	if method == session.SessionService_CreateSession_FullMethodName {
		return invoke(ctx, method, request, reply, connection, options...)
	}
	token := k.currentToken()
	err := invoke(withToken(ctx, token), method, request, reply, connection, options...)
	if !isOver(err) {
		return err
	}
	if token, err = k.renew(ctx, token, err); err != nil {
		return err
	}
	return invoke(withToken(ctx, token), method, request, reply, connection, options...)
}

func (k *SessionKeeper) stream(ctx context.Context, description *grpc.StreamDesc, connection *grpc.ClientConn, method string,
	open grpc.Streamer, options ...grpc.CallOption) (grpc.ClientStream, error) {
	token := k.currentToken()
	stream, err := open(withToken(ctx, token), description, connection, method, options...)
	// What a client has streamed is not kept here, so it cannot be sent again: the caller has to.
	if err != nil || description.ClientStreams {
		return stream, err
	}
	reopen := func(refusal error) (grpc.ClientStream, error) {
		token, err := k.renew(ctx, token, refusal)
		if err != nil {
			return nil, err
		}
		return open(withToken(ctx, token), description, connection, method, options...)
	}
	return &keptStream{ClientStream: stream, reopen: reopen}, nil
}

// A stream of answers to one request. It is opened again if it was refused before its first answer; one that has
// begun ends with its session, and the caller knows best where to go on.
type keptStream struct {
	grpc.ClientStream
	reopen  func(refusal error) (grpc.ClientStream, error)
	request any
	begun   bool
}

func (s *keptStream) SendMsg(request any) error {
	s.request = request
	return s.ClientStream.SendMsg(request)
}

func (s *keptStream) RecvMsg(answer any) error {
	err := s.ClientStream.RecvMsg(answer)
	refused := !s.begun && isOver(err)
	s.begun = true
	if !refused {
		return err
	}
	stream, err := s.reopen(err)
	if err != nil {
		return err
	}
	s.ClientStream = stream
	if err := stream.SendMsg(s.request); err != nil {
		return err
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	return stream.RecvMsg(answer)
}

func withToken(ctx context.Context, token string) context.Context {
	return metadata.AppendToOutgoingContext(ctx, tokenHeader, token)
}

func isOver(err error) bool {
	if status.Code(err) != codes.Unauthenticated {
		return false
	}
	reason := errorInfo(err).GetReason()
	return reason == "SESSION_EXPIRED" || reason == "SESSION_CLOSED"
}

// errorInfo is what Prism says about an error: decide by its reason, never by the message. Nil if there is none.
func errorInfo(err error) *errdetails.ErrorInfo {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			return info
		}
	}
	return nil
}
