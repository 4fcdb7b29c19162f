use std::time::Duration;

use tonic::{Code, Status};

const MAX_ATTEMPTS: u32 = 4;
const INITIAL_BACKOFF: Duration = Duration::from_millis(100);
const MAX_BACKOFF: Duration = Duration::from_secs(2);

/// Repeats a read of a service that cannot be reached, which gRPC does by service config where it has one; tonic has none.
/// For what may be repeated without harm: not Publish, which would publish twice if only the answer was lost, and Write
/// with an idempotency key only. Where many clients meet one server, add jitter.
pub async fn retry_read<T, F>(read: impl Fn() -> F) -> Result<T, Status>
where
    F: Future<Output = Result<T, Status>>,
{
    let mut backoff = INITIAL_BACKOFF;
    for _ in 1..MAX_ATTEMPTS {
        match read().await {
            Err(status) if status.code() == Code::Unavailable => tokio::time::sleep(backoff).await,
            answer => return answer,
        }
        backoff = MAX_BACKOFF.min(backoff * 2);
    }
    read().await
}
