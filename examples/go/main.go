// A client of Prism in Go: a session that is kept, a queue, a query, a write that may be repeated, and a cache.
// Reads PRISM_ADDRESS (host:port) and PRISM_API_KEY. Ends with status 1 at the first answer that is not as promised.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"

	cache "github.com/prism-data/prism/gen/go/prism/cache/v1"
	config "github.com/prism-data/prism/gen/go/prism/config/v1"
	queue "github.com/prism-data/prism/gen/go/prism/queue/v1"
	reader "github.com/prism-data/prism/gen/go/prism/reader/v1"
	session "github.com/prism-data/prism/gen/go/prism/session/v1"
	transact "github.com/prism-data/prism/gen/go/prism/transact/v1"
)

// What may be repeated without harm, is, when a service cannot be reached: reads. Not Publish, which would publish
// twice if only the answer was lost; and not Write, of which gRPC cannot know whether it has an idempotency key.
const serviceConfig = `{
  "methodConfig": [{
    "name": [
      {"service": "prism.reader.v1.ReaderService"},
      {"service": "prism.cache.v1.CacheService", "method": "Get"},
      {"service": "prism.cache.v1.CacheService", "method": "GetMulti"},
      {"service": "prism.cache.v1.CacheService", "method": "Exists"},
      {"service": "prism.queue.v1.QueueService", "method": "GetTopicInfo"},
      {"service": "prism.session.v1.SessionService", "method": "Heartbeat"},
      {"service": "prism.session.v1.SessionService", "method": "GetSession"}
    ],
    "retryPolicy": {
      "maxAttempts": 4,
      "initialBackoff": "0.1s",
      "maxBackoff": "2s",
      "backoffMultiplier": 2,
      "retryableStatusCodes": ["UNAVAILABLE"]
    }
  }]
}`

const (
	// Of the whole program; a service of yours sets a deadline for each call.
	timeLimit = 2 * time.Minute
	// Within this time a closed session is refused everywhere.
	refusedWithin = time.Second
	publishers    = 8
)

var texts = []string{"one", "two", "three"}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), timeLimit)
	defer cancel()

	var ids sessionIDs
	keeper := NewSessionKeeper(sessionRequest())
	keeper.OnSession = ids.add
	connection := connect(keeper)
	defer connection.Close()
	must(keeper.Start(ctx, connection))

	topic := "example-go-" + rand.Text()[:8]
	messages := queueing(ctx, connection, topic)
	user := reading(ctx, connection)
	writing(ctx, connection, user)
	caching(ctx, connection)
	keepingAlive(ctx)
	renewing(ctx, connection, topic, messages, &ids)
	closing(ctx, keeper, connection, topic)
}

func sessionRequest() *session.CreateSessionRequest {
	return &session.CreateSessionRequest{
		Auth: &session.CreateSessionRequest_ApiKey{ApiKey: environment("PRISM_API_KEY")},
		// No pattern, which would open the services of that pattern alone.
		Config:        &session.CreateSessionRequest_InlineConfig{InlineConfig: &config.ClientConfig{Namespace: "default"}},
		ClientId:      "example-go",
		ClientVersion: "1.0.0",
	}
}

func connect(keeper *SessionKeeper) *grpc.ClientConn {
	options := append(keeper.DialOptions(),
		grpc.WithTransportCredentials(transportCredentials()),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 30 * time.Second, Timeout: 10 * time.Second}),
		grpc.WithDefaultServiceConfig(serviceConfig))
	return must1(grpc.NewClient(environment("PRISM_ADDRESS"), options...))
}

// transportCredentials trusts the authorities of a PEM file; without one there is no TLS, as in local mode.
func transportCredentials() credentials.TransportCredentials {
	authorities := os.Getenv("PRISM_TLS_CA")
	if authorities == "" {
		return insecure.NewCredentials()
	}
	return must1(credentials.NewClientTLSFromFile(authorities, ""))
}

func queueing(ctx context.Context, connection *grpc.ClientConn, topic string) grpc.ServerStreamingClient[queue.Message] {
	queues := queue.NewQueueServiceClient(connection)
	var published []*queue.PublishResponse
	for _, text := range texts {
		published = append(published, must1(publish(ctx, queues, topic, text)))
	}
	say("published %s, %s and %s", published[0].MessageId, published[1].MessageId, published[2].MessageId)

	stream := subscribe(ctx, queues, topic, queue.StartPosition_START_POSITION_EARLIEST)
	var received []string
	// One key, so one partition, so the order of publishing.
	for i, answer := range published {
		message := must1(stream.Recv())
		expected := fmt.Sprintf("%s:%d:%d", topic, answer.Partition, answer.Offset)
		check(answer.MessageId == expected, "the published id is "+expected, answer)
		check(message.MessageId == expected, "the delivered id is "+expected, message)
		check(string(message.Payload) == texts[i], "the payload is as sent", message)
		check(len(message.Headers) == 1 && message.Headers["language"] == "go", "the headers are as sent", message)
		check(message.GetAttempt() == 1, "it is the first delivery", message)
		received = append(received, message.MessageId)
	}
	say("received the three in order")

	acknowledged := must1(queues.Acknowledge(ctx, &queue.AcknowledgeRequest{MessageIds: received}))
	check(int(acknowledged.AcknowledgedCount) == len(received) && len(acknowledged.FailedIds) == 0, "all are acknowledged", acknowledged)
	say("acknowledged %d", acknowledged.AcknowledgedCount)
	return stream
}

func publish(ctx context.Context, queues queue.QueueServiceClient, topic, text string) (*queue.PublishResponse, error) {
	return queues.Publish(ctx, &queue.PublishRequest{
		Topic:        topic,
		Payload:      []byte(text),
		Headers:      map[string]string{"language": "go"},
		PartitionKey: proto.String("customer-7"),
	})
}

func subscribe(ctx context.Context, queues queue.QueueServiceClient, topic string,
	position queue.StartPosition) grpc.ServerStreamingClient[queue.Message] {
	return must1(queues.Subscribe(ctx, &queue.SubscribeRequest{
		Topic:         topic,
		ConsumerGroup: "example",
		StartPosition: &queue.SubscribeRequest_Position{Position: position},
		MaxMessages:   proto.Int32(20),
		Timeout:       durationpb.New(30 * time.Second),
	}))
}

// reading returns the id of a user.
func reading(ctx context.Context, connection *grpc.ClientConn) string {
	rows := must1(reader.NewReaderServiceClient(connection).Query(ctx, &reader.QueryRequest{
		Collection: "users",
		Filter: &reader.Filter{Filter: &reader.Filter_Field{Field: &reader.FieldFilter{
			Field: "status",
			Op:    reader.FieldFilter_OPERATOR_EQUALS,
			Value: structpb.NewStringValue("active"),
		}}},
		Sort:  []*reader.Sort{{Field: "id"}},
		Limit: proto.Int32(3),
	}))
	var ids []int64
	for range 3 {
		row := must1(rows.Recv())
		check(row.Fields["status"].GetStringValue() == "active", "the user is active", row)
		// 64-bit integers travel as strings.
		ids = append(ids, must1(strconv.ParseInt(row.Fields["id"].GetStringValue(), 10, 64)))
		say("read user %s, %s", row.Fields["id"].GetStringValue(), row.Fields["name"].GetStringValue())
	}
	_, err := rows.Recv()
	check(err == io.EOF, "there are three rows, as asked", err)
	check(slices.IsSorted(ids), "the rows are sorted by id", ids)
	return strconv.FormatInt(ids[0], 10)
}

func writing(ctx context.Context, connection *grpc.ClientConn, user string) {
	order := "example-go-" + rand.Text()[:8]
	request := &transact.WriteRequest{
		Data: &transact.DataWrite{
			Table: "orders",
			Mode:  transact.DataWrite_WRITE_MODE_INSERT,
			Record: map[string]*structpb.Value{
				"id":         structpb.NewStringValue(order),
				"user_id":    structpb.NewStringValue(user),
				"product_id": structpb.NewStringValue("1"),
				"total":      structpb.NewStringValue("39.98"),
			},
		},
		// With the key the write is done once, however often it is sent.
		Options: &transact.TransactionOptions{Idempotent: true, IdempotencyKey: proto.String(order)},
	}
	transactions := transact.NewTransactServiceClient(connection)
	first := must1(transactions.Write(ctx, request))
	check(first.Committed && first.DataResult.GetRowsAffected() == 1, "one row is written and committed", first)
	second := must1(transactions.Write(ctx, request))
	check(proto.Equal(first, second), "the same write has the same answer", []any{first, second})

	found := must1(reader.NewReaderServiceClient(connection).Get(ctx, &reader.GetRequest{Collection: "orders", Id: order}))
	check(found.Found && found.Row.Fields["total"].GetStringValue() == "39.98", "the order is there", found)
	say("wrote order %s, twice with one effect: transaction %s", order, first.TransactionId)
}

func caching(ctx context.Context, connection *grpc.ClientConn) {
	caches := cache.NewCacheServiceClient(connection)
	key := "example-go:" + rand.Text()[:8]
	const seconds = 60
	set := must1(caches.SetEx(ctx, &cache.SetExRequest{Key: key, Value: []byte("hello"), Ttl: durationpb.New(seconds * time.Second)}))
	check(set.Stored, "the value is stored", set)
	got := must1(caches.Get(ctx, &cache.GetRequest{Key: key}))
	check(got.Found && string(got.Value) == "hello", "the value is as set", got)
	left := got.GetTtlRemainingSeconds()
	check(left > 0 && left <= seconds, "it lives for up to 60 s", got)
	say("cached %s for another %d s", key, left)
}

// keepingAlive shows what a keeper does in the background, by one that is in a hurry.
func keepingAlive(ctx context.Context) {
	expiry := make(chan time.Time, 16)
	hasty := NewSessionKeeper(sessionRequest())
	hasty.HeartbeatEvery = 100 * time.Millisecond
	hasty.RefreshBelow = 2 * time.Hour
	hasty.OnSession = func(_ string, expires time.Time) { expiry <- expires }
	hasty.OnRefresh = func(expires time.Time) { expiry <- expires }
	hasty.OnError = must
	connection := connect(hasty)
	defer connection.Close()
	must(hasty.Start(ctx, connection))
	first, second, third := <-expiry, await(expiry), await(expiry)
	check(first.Before(second) && second.Before(third), "each refresh moves the expiry", []time.Time{first, second, third})
	must(hasty.Close(ctx))
	say("heartbeats have refreshed a session twice")
}

// renewing closes the session behind the keeper's back. The keeper finds out when calls are refused, all at once.
func renewing(ctx context.Context, connection *grpc.ClientConn, topic string, messages grpc.ServerStreamingClient[queue.Message],
	ids *sessionIDs) {
	closed := must1(session.NewSessionServiceClient(connection).CloseSession(ctx, &session.CloseSessionRequest{Force: true}))
	check(closed.Success, "the session is closed", closed)
	_, err := messages.Recv()
	checkClosed(err)
	say("the session was closed, and the open stream has ended")

	// Opened with the old token, and answered after the new session is there.
	queues := queue.NewQueueServiceClient(connection)
	again := subscribe(ctx, queues, topic, queue.StartPosition_START_POSITION_COMMITTED)
	var expected []string
	var group sync.WaitGroup
	for i := range publishers {
		expected = append(expected, strconv.Itoa(i))
		group.Go(func() { must1(publish(ctx, queues, topic, strconv.Itoa(i))) })
	}
	group.Wait()
	var received []string
	for range publishers {
		received = append(received, string(must1(again.Recv()).Payload))
	}
	slices.Sort(received)
	check(slices.Equal(received, expected), "the group goes on behind what it has acknowledged", received)
	check(ids.count() == 2, "one new session serves all calls that were refused", ids.count())
	info := must1(queues.GetTopicInfo(ctx, &queue.GetTopicInfoRequest{Topic: topic}))
	check(int(info.MessageCount) == len(texts)+publishers, "each message is published once", info)
	say("%d refused calls and a stream were repeated in one new session", publishers)
}

func closing(ctx context.Context, keeper *SessionKeeper, connection *grpc.ClientConn, topic string) {
	must(keeper.Close(ctx))
	queues := queue.NewQueueServiceClient(connection)
	begin := time.Now()
	for {
		// Read before the call: one that begins later than this has to be refused.
		late := time.Since(begin) > refusedWithin
		_, err := publish(ctx, queues, topic, "too late")
		if err != nil || late {
			checkClosed(err)
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	say("closed; Publish was refused within %d ms", time.Since(begin).Milliseconds())
}

func checkClosed(err error) {
	check(status.Code(err) == codes.Unauthenticated, "the status is UNAUTHENTICATED", err)
	info := errorInfo(err)
	check(info.GetReason() == "SESSION_CLOSED" && info.GetDomain() == "prism.queue.v1", "the reason is SESSION_CLOSED of prism.queue.v1", info)
}

type sessionIDs struct {
	mutex sync.Mutex
	ids   []string
}

func (s *sessionIDs) add(id string, expires time.Time) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.ids = append(s.ids, id)
	say("session %s until %s", id, expires.Format(time.TimeOnly))
}

func (s *sessionIDs) count() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return len(s.ids)
}

func await(expiry <-chan time.Time) time.Time {
	select {
	case expires := <-expiry:
		return expires
	case <-time.After(10 * time.Second):
		fail("a keeper with a heartbeat every 100 ms did not refresh its session within 10 s")
		panic("unreachable")
	}
}

func environment(name string) string {
	value := os.Getenv(name)
	if value == "" {
		fail("%s is not set", name)
	}
	return value
}

func check(holds bool, promise string, seen any) {
	if !holds {
		fail("expected that %s, but got: %v", promise, seen)
	}
}

func must(err error) {
	if err != nil {
		fail("%v", err)
	}
}

func must1[T any](value T, err error) T {
	must(err)
	return value
}

func fail(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, "go example: "+format+"\n", arguments...)
	os.Exit(1)
}

func say(format string, arguments ...any) {
	fmt.Printf("go example: "+format+"\n", arguments...)
}
