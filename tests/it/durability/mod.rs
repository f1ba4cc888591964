//! Nothing lost, nothing done twice: contexts and workspaces under kills, damage, crowds and hostile directories.

#![expect(clippy::unwrap_used, reason = "what cannot be unwrapped fails its test")]

#[cfg(unix)]
mod access;
mod build;
mod crash;
mod crowd;
mod damage;
mod decided;
mod migrate;
#[cfg(target_os = "linux")]
mod power;
#[cfg(unix)]
mod process;
mod regenerate;
#[cfg(unix)]
mod told;
