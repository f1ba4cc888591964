//! What may be set, where it was set, and the checked result.
//!
//! [`OPTIONS`] is the single source: flags, environment variables, keys of `metagen.toml` and their help all come from that
//! table. [`Sources`] holds the layers as they were read, [`Config::resolve`] is the only way to a [`Config`]. Nothing here
//! touches the environment or the disk.

mod file;
mod option;
mod resolve;
mod settings;
mod suggest;
mod table;

pub use file::{FileLayer, Format, Scalar};
pub use option::{ForeignVariable, Group, Kind, METAGEN_PREFIX, OptionDef, Value, option};
pub use resolve::{ConfigError, Layer, Origin, Problem, Setting, Sources, Variables};
pub use settings::{ColorChoice, Config, OnConflict, OutputFormat, ProviderChoice};
pub use suggest::nearest;
pub use table::{FOREIGN_VARIABLES, OPTIONS};
