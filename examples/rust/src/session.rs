use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use prost::Message;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};

use crate::stubs::google::rpc;
use crate::stubs::prism::session::v1::session_service_client::SessionServiceClient;
use crate::stubs::prism::session::v1::{
    CloseSessionRequest, CreateSessionRequest, HeartbeatRequest, RefreshSessionRequest,
};

/// Of each call that the keeper makes by itself.
const TIMEOUT: Duration = Duration::from_secs(10);

type Token = MetadataValue<Ascii>;
type Pending = Shared<BoxFuture<'static, Result<(), Status>>>;

pub struct KeeperOptions {
    /// Well below the five minutes after which an idle session ends.
    pub heartbeat_every: Duration,
    /// How little time the session may have left before it is refreshed.
    pub refresh_below: Duration,
    /// Told what becomes of the session.
    pub on_event: Box<dyn Fn(SessionEvent) + Send + Sync>,
}

impl Default for KeeperOptions {
    fn default() -> Self {
        Self {
            heartbeat_every: Duration::from_secs(60),
            refresh_below: Duration::from_secs(600),
            on_event: Box::new(|_| ()),
        }
    }
}

pub enum SessionEvent {
    /// The id is no secret; the token is, so nobody is told it.
    Created {
        id: String,
        expires: SystemTime,
    },
    Refreshed {
        expires: SystemTime,
    },
    /// The next heartbeat is sent all the same.
    HeartbeatFailed(Status),
}

/// Keeps one session open: sends heartbeats, refreshes the session before it expires, puts its token into every call of a
/// client made `with_interceptor(channel, keeper.clone())`, and makes a new session when a call was refused because the
/// old one is over.
#[derive(Clone)]
pub struct SessionKeeper {
    inner: Arc<Inner>,
}

struct Inner {
    channel: Channel,
    request: CreateSessionRequest,
    options: KeeperOptions,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    /// A session in the making, for which any number of refused calls wait.
    pending: Option<Pending>,
    beating: Option<JoinHandle<()>>,
    closed: bool,
}

impl SessionKeeper {
    /// Creates the session and keeps it until `close`.
    pub async fn start(
        channel: Channel,
        request: CreateSessionRequest,
        options: KeeperOptions,
    ) -> Result<Self, Status> {
        let state = Mutex::default();
        let keeper = Self { inner: Arc::new(Inner { channel, request, options, state }) };
        keeper.create().await?;
        let beating = keeper.clone();
        keeper.state().beating = Some(tokio::spawn(async move { beating.keep_alive().await }));
        Ok(keeper)
    }

    /// Makes a call with clones of client and message, and once more in a new session if it was refused because the session
    /// is over (RFC-002 §7.3). A refused call has done nothing, so it may be repeated whatever it does. An interceptor of
    /// tonic cannot do this.
    ///
    /// This is for streams of answers, too: they are refused before they begin. One that has begun ends with its session,
    /// and the caller knows best where to go on.
    pub async fn call<C: Clone, M: Clone, T, F>(
        &self,
        client: &C,
        message: M,
        call: impl Fn(C, M) -> F,
    ) -> Result<T, Status>
    where
        F: Future<Output = Result<Response<T>, Status>>,
    {
        let token = self.state().token.clone();
        match call(client.clone(), message.clone()).await {
            Err(refusal) if is_over(&refusal) => {
                self.renew(token, refusal).await?;
                call(client.clone(), message).await
            }
            answer => answer,
        }
        .map(Response::into_inner)
    }

    /// Ends the session. Calls that still run are broken off, and later ones are refused: no new session is made.
    pub async fn close(&self) -> Result<(), Status> {
        let (beating, pending) = {
            let mut state = self.state();
            state.closed = true;
            (state.beating.take(), state.pending.clone())
        };
        if let Some(beating) = beating {
            beating.abort();
            // Cancelled, which is what it was asked for.
            let _ = beating.await;
        }
        if let Some(pending) = pending {
            // Whoever waited for it has been told.
            let _ = pending.await;
        }
        let request = CloseSessionRequest { force: true, ..Default::default() };
        match self.sessions().close_session(limited(request)).await {
            Err(refusal) if !is_over(&refusal) => Err(refusal),
            _ => Ok(()),
        }
    }

    async fn keep_alive(&self) {
        let mut beats = interval(self.inner.options.heartbeat_every);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first one comes at once.
        beats.tick().await;
        loop {
            beats.tick().await;
            if let Err(failure) = self.beat().await {
                self.tell(SessionEvent::HeartbeatFailed(failure));
            }
        }
    }

    async fn beat(&self) -> Result<(), Status> {
        let sessions = self.sessions();
        let alive = self
            .call(&sessions, HeartbeatRequest::default(), |mut sessions, message| async move {
                sessions.heartbeat(limited(message)).await
            })
            .await?;
        // The server says what is left, so this machine's clock does not matter.
        let left = alive.ttl.and_then(|ttl| Duration::try_from(ttl).ok()).unwrap_or_default();
        if left > self.inner.options.refresh_below {
            return Ok(());
        }
        // The token stays the same. A session lives 24 hours at most; then a call is refused, and a new one is made.
        let refreshed = self
            .call(&sessions, RefreshSessionRequest::default(), |mut sessions, message| async move {
                sessions.refresh_session(limited(message)).await
            })
            .await?;
        let expires = time(refreshed.new_expires_at);
        self.tell(SessionEvent::Refreshed { expires });
        Ok(())
    }

    /// Sees to a session other than the refused one: the present one if somebody has renewed it already. A keeper that is
    /// closed makes none and returns the refusal.
    async fn renew(&self, refused: Option<Token>, refusal: Status) -> Result<(), Status> {
        let pending = {
            let mut state = self.state();
            if state.closed {
                return Err(refusal);
            }
            if state.token != refused {
                return Ok(());
            }
            state.pending.get_or_insert_with(|| self.create_for_all()).clone()
        };
        pending.await
    }

    /// In a task of its own, because whoever asked for it first may stop waiting.
    fn create_for_all(&self) -> Pending {
        let keeper = self.clone();
        tokio::spawn(async move { keeper.create().await })
            .map(|made| made.unwrap_or_else(|panic| Err(Status::internal(panic.to_string()))))
            .boxed()
            .shared()
    }

    async fn create(&self) -> Result<(), Status> {
        let mut sessions = SessionServiceClient::new(self.inner.channel.clone());
        let created = sessions.create_session(limited(self.inner.request.clone())).await.map(Response::into_inner);
        let mut state = self.state();
        state.pending = None;
        let created = created?;
        let mut token: Token = created.session_token.parse().map_err(|_| Status::internal("the token is not ASCII"))?;
        // Not even with a request that is printed for debugging.
        token.set_sensitive(true);
        state.token = Some(token);
        drop(state);
        self.tell(SessionEvent::Created { id: created.session_id, expires: time(created.expires_at) });
        Ok(())
    }

    fn sessions(&self) -> SessionServiceClient<InterceptedService<Channel, Self>> {
        SessionServiceClient::with_interceptor(self.inner.channel.clone(), self.clone())
    }

    fn tell(&self, event: SessionEvent) {
        (self.inner.options.on_event)(event);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().expect("nothing panics while it holds the state")
    }
}

/// Puts the token into a call, whether unary or streaming.
impl Interceptor for SessionKeeper {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = self.state().token.clone() {
            request.metadata_mut().insert("x-session-token", token);
        }
        Ok(request)
    }
}

/// What Prism says about an error: decide by its reason, never by the message.
pub fn error_info(status: &Status) -> Option<rpc::ErrorInfo> {
    let details = rpc::Status::decode(status.details()).ok()?.details;
    let info = details.iter().find(|detail| detail.type_url.ends_with("/google.rpc.ErrorInfo"))?;
    rpc::ErrorInfo::decode(info.value.as_slice()).ok()
}

fn is_over(status: &Status) -> bool {
    status.code() == Code::Unauthenticated
        && error_info(status).is_some_and(|info| info.reason == "SESSION_EXPIRED" || info.reason == "SESSION_CLOSED")
}

fn limited<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(TIMEOUT);
    request
}

fn time(timestamp: Option<prost_types::Timestamp>) -> SystemTime {
    timestamp.and_then(|timestamp| timestamp.try_into().ok()).unwrap_or(SystemTime::UNIX_EPOCH)
}
