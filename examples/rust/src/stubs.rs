//! The generated stubs, in modules that follow their packages. A program has no use for all of a contract.
#![allow(dead_code)]

pub mod google {
    pub mod rpc {
        include!("../gen/rust/google/rpc/google.rpc.rs");
    }
}

pub mod prism {
    pub mod cache {
        pub mod v1 {
            include!("../gen/rust/prism/cache/v1/prism.cache.v1.rs");
        }
    }
    pub mod config {
        pub mod v1 {
            include!("../gen/rust/prism/config/v1/prism.config.v1.rs");
        }
    }
    pub mod queue {
        pub mod v1 {
            include!("../gen/rust/prism/queue/v1/prism.queue.v1.rs");
        }
    }
    pub mod reader {
        pub mod v1 {
            include!("../gen/rust/prism/reader/v1/prism.reader.v1.rs");
        }
    }
    pub mod session {
        pub mod v1 {
            include!("../gen/rust/prism/session/v1/prism.session.v1.rs");
        }
    }
    pub mod transact {
        pub mod v1 {
            include!("../gen/rust/prism/transact/v1/prism.transact.v1.rs");
        }
    }
}
