//! What every layer may use: identities, secrets, time, backoff and the one door to the disk.

pub mod backoff;
pub mod clock;
pub mod fs;
pub mod ids;
pub mod secret;
