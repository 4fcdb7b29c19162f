//! A client of Prism in Rust: a session that is kept, a queue, a query, a write that may be repeated, and a cache.
//! Reads PRISM_ADDRESS (host:port) and PRISM_API_KEY. Ends with status 1 at the first answer that is not as promised.

mod retry;
mod session;
mod stubs;

use std::collections::HashMap;
use std::env;
use std::error::Error;
use std::fmt::Debug;
use std::fs;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures::future::{join, join_all};
use prost_types::Value;
use prost_types::value::Kind;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Code, Status, Streaming};

use crate::retry::retry_read;
use crate::session::{KeeperOptions, SessionEvent, SessionKeeper, error_info};
use crate::stubs::prism::cache::v1::cache_service_client::CacheServiceClient;
use crate::stubs::prism::cache::v1::{GetRequest as CacheGetRequest, SetExRequest};
use crate::stubs::prism::config::v1::ClientConfig;
use crate::stubs::prism::queue::v1::queue_service_client::QueueServiceClient;
use crate::stubs::prism::queue::v1::subscribe_request::StartPosition as From;
use crate::stubs::prism::queue::v1::{
    AcknowledgeRequest, GetTopicInfoRequest, Message, PublishRequest, PublishResponse, StartPosition, SubscribeRequest,
};
use crate::stubs::prism::reader::v1::field_filter::Operator;
use crate::stubs::prism::reader::v1::filter::Filter as Condition;
use crate::stubs::prism::reader::v1::reader_service_client::ReaderServiceClient;
use crate::stubs::prism::reader::v1::{FieldFilter, Filter, GetRequest, QueryRequest, Row, Sort};
use crate::stubs::prism::session::v1::create_session_request::{Auth, Config};
use crate::stubs::prism::session::v1::session_service_client::SessionServiceClient;
use crate::stubs::prism::session::v1::{CloseSessionRequest, CreateSessionRequest};
use crate::stubs::prism::transact::v1::data_write::WriteMode;
use crate::stubs::prism::transact::v1::transact_service_client::TransactServiceClient;
use crate::stubs::prism::transact::v1::{DataWrite, TransactionOptions, WriteRequest};

const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// The bound within which every service refuses a closed session.
const REFUSED_WITHIN: Duration = Duration::from_secs(1);
const TEXTS: [&str; 3] = ["one", "two", "three"];
const PUBLISHERS: usize = 8;

type Kept = InterceptedService<Channel, SessionKeeper>;
type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    // Of the whole program: a stream has no time limit by itself.
    match tokio::time::timeout(Duration::from_secs(120), run()).await {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(why)) => failed(&with_causes(why.as_ref())),
        Err(_) => failed("not done after two minutes"),
    }
}

/// By itself tonic says no more than "transport error".
fn with_causes(why: &dyn Error) -> String {
    match why.source() {
        Some(cause) => format!("{why}: {}", with_causes(cause)),
        None => why.to_string(),
    }
}

fn failed(why: &str) -> ExitCode {
    eprintln!("rust example: {why}");
    ExitCode::FAILURE
}

async fn run() -> Outcome<()> {
    let channel = connect().await?;
    let sessions = Arc::new(AtomicUsize::new(0));
    let counted = sessions.clone();
    let on_event = Box::new(move |event| {
        if let SessionEvent::Created { id, expires } = event {
            counted.fetch_add(1, Ordering::SeqCst);
            say(format!("session {id} until {}", prost_types::Timestamp::from(expires)));
        }
    });
    let options = KeeperOptions { on_event, ..Default::default() };
    let keeper = SessionKeeper::start(channel.clone(), session_request()?, options).await?;
    let queues = QueueServiceClient::with_interceptor(channel.clone(), keeper.clone());

    let topic = unique("example-rust-");
    let messages = queueing(&keeper, &queues, &topic).await?;
    let user = reading(&keeper, &channel).await?;
    writing(&keeper, &channel, &user).await?;
    caching(&keeper, &channel).await?;
    keeping_alive(&channel).await?;
    let more = renewing(&keeper, &channel, &queues, &topic, messages, &sessions).await?;
    closing(&keeper, &queues, &topic, more).await
}

async fn connect() -> Outcome<Channel> {
    let address = environment("PRISM_ADDRESS")?;
    // A PEM file with the authorities to trust; without one there is no TLS, as in local mode.
    let endpoint = match env::var("PRISM_TLS_CA") {
        Ok(authorities) => {
            let authorities = Certificate::from_pem(fs::read(authorities)?);
            Endpoint::from_shared(format!("https://{address}"))?
                .tls_config(ClientTlsConfig::new().ca_certificate(authorities))?
        }
        Err(_) => Endpoint::from_shared(format!("http://{address}"))?,
    };
    let channel = endpoint
        .http2_keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(10))
        .timeout(CALL_TIMEOUT)
        .connect()
        .await?;
    Ok(channel)
}

fn session_request() -> Outcome<CreateSessionRequest> {
    Ok(CreateSessionRequest {
        auth: Some(Auth::ApiKey(environment("PRISM_API_KEY")?)),
        // No pattern, which would open the services of that pattern alone.
        config: Some(Config::InlineConfig(ClientConfig { namespace: "default".into(), ..Default::default() })),
        client_id: "example-rust".into(),
        client_version: "1.0.0".into(),
        ..Default::default()
    })
}

/// Returns a stream that is still open.
async fn queueing(
    keeper: &SessionKeeper,
    queues: &QueueServiceClient<Kept>,
    topic: &str,
) -> Outcome<Streaming<Message>> {
    let mut published = Vec::new();
    for text in TEXTS {
        published.push(publish(keeper, queues, topic, text).await?);
    }
    let ids: Vec<_> = published.iter().map(|answer| answer.message_id.as_str()).collect();
    say(format!("published {}", ids.join(", ")));

    let mut stream = subscribe(keeper, queues, topic, StartPosition::Earliest).await?;
    let mut received = Vec::new();
    // One key, so one partition, so the order of publishing.
    for (answer, text) in published.iter().zip(TEXTS) {
        let message = next(&mut stream).await?;
        let expected = format!("{topic}:{}:{}", answer.partition, answer.offset);
        check(answer.message_id == expected, "the published id has topic, partition and offset", answer)?;
        check(message.message_id == expected, "the delivered id is the published one", &message)?;
        check(message.payload == text.as_bytes(), "the payload is as sent", &message)?;
        check(message.headers == headers(), "the headers are as sent", &message)?;
        check(message.attempt == Some(1), "it is the first delivery", &message)?;
        received.push(message.message_id);
    }
    say("received the three in order");

    let request = AcknowledgeRequest { message_ids: received, ..Default::default() };
    let acknowledged =
        keeper.call(queues, request, |mut client, message| async move { client.acknowledge(message).await }).await?;
    let all = acknowledged.acknowledged_count == 3 && acknowledged.failed_ids.is_empty();
    check(all, "all are acknowledged", &acknowledged)?;
    say(format!("acknowledged {}", acknowledged.acknowledged_count));
    Ok(stream)
}

async fn publish(
    keeper: &SessionKeeper,
    queues: &QueueServiceClient<Kept>,
    topic: &str,
    text: &str,
) -> Result<PublishResponse, Status> {
    let request = PublishRequest {
        topic: topic.into(),
        payload: text.into(),
        headers: headers(),
        partition_key: Some("customer-7".into()),
        ..Default::default()
    };
    keeper.call(queues, request, |mut client, message| async move { client.publish(message).await }).await
}

async fn subscribe(
    keeper: &SessionKeeper,
    queues: &QueueServiceClient<Kept>,
    topic: &str,
    position: StartPosition,
) -> Result<Streaming<Message>, Status> {
    let request = SubscribeRequest {
        topic: topic.into(),
        consumer_group: "example".into(),
        start_position: Some(From::Position(position.into())),
        max_messages: Some(20),
        timeout: Some(prost_types::Duration { seconds: 30, nanos: 0 }),
        ..Default::default()
    };
    keeper.call(queues, request, |mut client, message| async move { client.subscribe(message).await }).await
}

fn headers() -> HashMap<String, String> {
    HashMap::from([("language".into(), "rust".into())])
}

async fn next(stream: &mut Streaming<Message>) -> Outcome<Message> {
    Ok(stream.message().await?.ok_or("the stream ended with OK")?)
}

/// Returns the id of a user.
async fn reading(keeper: &SessionKeeper, channel: &Channel) -> Outcome<String> {
    let readers = ReaderServiceClient::with_interceptor(channel.clone(), keeper.clone());
    let active = FieldFilter { field: "status".into(), op: Operator::Equals.into(), value: Some(text("active")) };
    let request = QueryRequest {
        collection: "users".into(),
        filter: Some(Filter { filter: Some(Condition::Field(active)) }),
        sort: vec![Sort { field: "id".into(), ..Default::default() }],
        limit: Some(3),
        ..Default::default()
    };
    let mut rows = retry_read(|| {
        keeper.call(&readers, request.clone(), |mut client, message| async move { client.query(message).await })
    })
    .await?;
    let mut ids = Vec::new();
    while let Some(row) = rows.message().await? {
        check(field(&row, "status")? == "active", "the user is active", &row)?;
        // 64-bit integers travel as strings.
        ids.push(field(&row, "id")?.parse::<i64>()?);
        say(format!("read user {}, {}", field(&row, "id")?, field(&row, "name")?));
    }
    check(ids.len() == 3, "there are three rows, as asked", &ids)?;
    check(ids.is_sorted(), "the rows are sorted by id", &ids)?;
    Ok(ids[0].to_string())
}

async fn writing(keeper: &SessionKeeper, channel: &Channel, user: &str) -> Outcome<()> {
    let order = unique("example-rust-");
    let record = [("id", order.as_str()), ("user_id", user), ("product_id", "1"), ("total", "39.98")];
    let request = WriteRequest {
        data: Some(DataWrite {
            table: "orders".into(),
            mode: WriteMode::Insert.into(),
            record: record.map(|(name, value)| (name.into(), text(value))).into(),
            ..Default::default()
        }),
        // With the key the write is done once, however often it is sent.
        options: Some(TransactionOptions {
            idempotent: true,
            idempotency_key: Some(order.clone()),
            ..Default::default()
        }),
        ..Default::default()
    };
    let transactions = TransactServiceClient::with_interceptor(channel.clone(), keeper.clone());
    let write = || {
        keeper.call(&transactions, request.clone(), |mut client, message| async move { client.write(message).await })
    };
    let first = write().await?;
    let one = first.data_result.as_ref().is_some_and(|result| result.rows_affected == 1);
    check(first.committed && one, "one row is written and committed", &first)?;
    let second = write().await?;
    check(first == second, "the same write has the same answer", (&first, &second))?;

    let readers = ReaderServiceClient::with_interceptor(channel.clone(), keeper.clone());
    let get = GetRequest { collection: "orders".into(), id: order.clone(), ..Default::default() };
    let found = retry_read(|| {
        keeper.call(&readers, get.clone(), |mut client, message| async move { client.get(message).await })
    })
    .await?;
    let row = found.row.ok_or("the order is not there")?;
    check(field(&row, "total")? == "39.98", "the order is as written", &row)?;
    say(format!("wrote order {order}, twice with one effect: transaction {}", first.transaction_id));
    Ok(())
}

async fn caching(keeper: &SessionKeeper, channel: &Channel) -> Outcome<()> {
    const SECONDS: i64 = 60;
    let caches = CacheServiceClient::with_interceptor(channel.clone(), keeper.clone());
    let key = unique("example-rust:");
    let request = SetExRequest {
        key: key.clone(),
        value: "hello".into(),
        ttl: Some(prost_types::Duration { seconds: SECONDS, nanos: 0 }),
        ..Default::default()
    };
    let set = keeper.call(&caches, request, |mut client, message| async move { client.set_ex(message).await }).await?;
    check(set.stored, "the value is stored", set)?;
    let get = CacheGetRequest { key: key.clone() };
    let got = retry_read(|| {
        keeper.call(&caches, get.clone(), |mut client, message| async move { client.get(message).await })
    })
    .await?;
    check(got.found && got.value == b"hello", "the value is as set", &got)?;
    let left = got.ttl_remaining_seconds.unwrap_or_default();
    check(left > 0 && left <= SECONDS, "it lives for up to 60 s", &got)?;
    say(format!("cached {key} for another {left} s"));
    Ok(())
}

/// What a keeper does in the background, by one that is in a hurry.
async fn keeping_alive(channel: &Channel) -> Outcome<()> {
    let expiries = Arc::new(Mutex::new(Vec::new()));
    let failure = Arc::new(Mutex::new(None));
    let (noted, failed) = (expiries.clone(), failure.clone());
    let options = KeeperOptions {
        heartbeat_every: Duration::from_millis(100),
        refresh_below: Duration::from_secs(2 * 3600),
        on_event: Box::new(move |event| match event {
            SessionEvent::Created { expires, .. } | SessionEvent::Refreshed { expires } => {
                noted.lock().unwrap().push(expires);
            }
            SessionEvent::HeartbeatFailed(why) => *failed.lock().unwrap() = Some(why),
        }),
    };
    let hasty = SessionKeeper::start(channel.clone(), session_request()?, options).await?;
    let begin = Instant::now();
    while expiries.lock().unwrap().len() < 3 {
        if let Some(why) = failure.lock().unwrap().take() {
            return Err(why.into());
        }
        let soon = begin.elapsed() < Duration::from_secs(10);
        check(soon, "a heartbeat every 100 ms refreshes the session twice within 10 s", &expiries)?;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let expiries = expiries.lock().unwrap().clone();
    check(expiries[0] < expiries[1] && expiries[1] < expiries[2], "each refresh moves the expiry", &expiries)?;
    hasty.close().await?;
    say("heartbeats have refreshed a session twice");
    Ok(())
}

/// Closes the session behind the keeper's back. The keeper finds out when calls are refused, all at once.
/// Returns a stream that is open in the new session.
async fn renewing(
    keeper: &SessionKeeper,
    channel: &Channel,
    queues: &QueueServiceClient<Kept>,
    topic: &str,
    mut messages: Streaming<Message>,
    sessions: &AtomicUsize,
) -> Outcome<Streaming<Message>> {
    let closed = SessionServiceClient::with_interceptor(channel.clone(), keeper.clone())
        .close_session(CloseSessionRequest { force: true, ..Default::default() })
        .await?
        .into_inner();
    check(closed.success, "the session is closed", &closed)?;
    check_closed(messages.message().await.err())?;
    say("the session was closed, and the open stream has ended");

    let expected: Vec<_> = (0..PUBLISHERS).map(|number| number.to_string()).collect();
    let publishing = join_all(expected.iter().map(|text| publish(keeper, queues, topic, text)));
    let (again, published) = join(subscribe(keeper, queues, topic, StartPosition::Committed), publishing).await;
    let mut again = again?;
    published.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut received = Vec::new();
    for _ in 0..PUBLISHERS {
        received.push(String::from_utf8(next(&mut again).await?.payload)?);
    }
    received.sort();
    check(received == expected, "the group goes on behind what it has acknowledged", &received)?;
    let made = sessions.load(Ordering::SeqCst);
    check(made == 2, "one new session serves all calls that were refused", made)?;
    let request = GetTopicInfoRequest { topic: topic.into(), ..Default::default() };
    let info = retry_read(|| {
        keeper.call(queues, request.clone(), |mut client, message| async move { client.get_topic_info(message).await })
    })
    .await?;
    let all = info.message_count == (TEXTS.len() + PUBLISHERS) as i64;
    check(all, "each message is published once", &info)?;
    say(format!("{PUBLISHERS} refused calls and a stream were repeated in one new session"));
    Ok(again)
}

async fn closing(
    keeper: &SessionKeeper,
    queues: &QueueServiceClient<Kept>,
    topic: &str,
    mut messages: Streaming<Message>,
) -> Outcome<()> {
    keeper.close().await?;
    let begin = Instant::now();
    loop {
        // Noted before the call: one that begins later than this has to be refused.
        let late = begin.elapsed() > REFUSED_WITHIN;
        let refusal = publish(keeper, queues, topic, "too late").await.err();
        if refusal.is_some() || late {
            check_closed(refusal)?;
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    say(format!("closed; Publish was refused within {} ms", begin.elapsed().as_millis()));
    check_closed(messages.message().await.err())?;
    say("the open stream has ended, too");
    Ok(())
}

fn check_closed(refusal: Option<Status>) -> Outcome<()> {
    let refusal = refusal.ok_or("answered after the session was closed, expected UNAUTHENTICATED")?;
    check(refusal.code() == Code::Unauthenticated, "the status is UNAUTHENTICATED", &refusal)?;
    let info = error_info(&refusal).ok_or("there is no ErrorInfo")?;
    let expected = info.reason == "SESSION_CLOSED" && info.domain == "prism.queue.v1";
    check(expected, "the reason is SESSION_CLOSED of prism.queue.v1", &info)
}

fn text(value: &str) -> Value {
    Value { kind: Some(Kind::StringValue(value.into())) }
}

fn field<'a>(row: &'a Row, name: &str) -> Outcome<&'a str> {
    match row.fields.get(name).and_then(|value| value.kind.as_ref()) {
        Some(Kind::StringValue(value)) => Ok(value),
        other => Err(format!("expected text in field {name}, but got: {other:?}").into()),
    }
}

fn unique(prefix: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{prefix}{:x}", now.as_nanos())
}

fn environment(name: &str) -> Outcome<String> {
    env::var(name).map_err(|_| format!("{name} is not set").into())
}

fn check(holds: bool, promise: &str, seen: impl Debug) -> Outcome<()> {
    if holds { Ok(()) } else { Err(format!("expected that {promise}, but got: {seen:?}").into()) }
}

fn say(line: impl AsRef<str>) {
    println!("rust example: {}", line.as_ref());
}
