//! The one door to the disk.
//!
//! Everything that changes a file goes through a [`Disk`]; tests hang a hook on it that fails, or ends the process, at a chosen
//! step. [`Root`] adds that nothing is ever written through a symbolic link. [`Lock`] keeps processes apart. Errors always name
//! the path.

mod appender;
mod disk;
mod error;
mod lock;
mod root;
mod source;
mod stage;
mod tree;

pub use appender::Appender;
pub use disk::{Disk, Kind, Mode, SYNCS_ALL, Step, TEMP_PREFIX, kind, list, modified, read};
pub use error::{Fault, FsError};
pub use lock::{Holder, Lock, LockError, holder_of, is_held};
pub use root::{Found, Root};
pub use source::Source;
pub use stage::Staged;
