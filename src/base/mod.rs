//! What every layer may use: identities, secrets, time, backoff and the one door to the disk.

pub mod artifact;
pub mod backoff;
pub mod budget;
pub mod clock;
pub mod contents;
pub mod cores;
pub mod digest;
pub mod fs;
pub mod ids;
pub mod patience;
pub mod secret;
