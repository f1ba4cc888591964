//! Names that something else in a generated app already bears.
//!
//! SQL's words are not among them: every identifier in SQL is quoted.

/// Types of the generated app, of its Prisma client, and the built-in types that either refers to.
const ENTITIES: &[&str] = &[
    "User",
    "Role",
    "UserRole",
    "RefreshToken",
    "Prisma",
    "PrismaClient",
    "Enums",
    "Model",
    "Models",
    "Array",
    "Boolean",
    "Buffer",
    "Bytes",
    "Constructor",
    "Date",
    "DateTime",
    "Decimal",
    "Enum",
    "Error",
    "Exclude",
    "Extract",
    "False",
    "Float",
    "Function",
    "HasOwnProperty",
    "Infinity",
    "Int",
    "Json",
    "JsonValue",
    "Map",
    "Math",
    "Never",
    "None",
    "Null",
    "Number",
    "Object",
    "Omit",
    "Partial",
    "Pick",
    "Promise",
    "Proxy",
    "Readonly",
    "Record",
    "RegExp",
    "Required",
    "Set",
    "String",
    "Symbol",
    "Then",
    "ToJson",
    "ToString",
    "True",
    "Undefined",
    "Unknown",
    "Unsupported",
    "ValueOf",
    "Void",
    "WeakMap",
    "WeakSet",
];

/// Words of TypeScript and Python, members every object has, and what every record has.
const FIELDS: &[&str] = &[
    "and",
    "arguments",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "constructor",
    "continue",
    "debugger",
    "def",
    "default",
    "del",
    "delete",
    "do",
    "elif",
    "else",
    "enum",
    "eval",
    "except",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "from",
    "function",
    "global",
    "hasOwnProperty",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "is",
    "isPrototypeOf",
    "lambda",
    "let",
    "new",
    "nonlocal",
    "none",
    "not",
    "null",
    "or",
    "package",
    "pass",
    "private",
    "protected",
    "prototype",
    "proto",
    "public",
    "raise",
    "return",
    "root",
    "static",
    "super",
    "switch",
    "then",
    "this",
    "throw",
    "toJson",
    "toLocaleString",
    "toString",
    "true",
    "try",
    "typeof",
    "undefined",
    "using",
    "valueOf",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// Query parameters of every list.
const FILTERS: &[&str] = &["page", "pageSize", "sort", "q"];

/// Paths of the API and of the browser that are taken.
const ROUTES: &[&str] = &[
    "account",
    "api",
    "assets",
    "auth",
    "docs",
    "health",
    "login",
    "new",
    "openapi",
    "openapi-json",
    "register",
    "stats",
    "users",
];

/// Whether an entity must not be called so (`PascalCase`).
pub fn entity_is_reserved(name: &str) -> bool {
    ENTITIES.contains(&name)
}

/// Whether a field or relation must not be called so (camelCase).
pub fn field_is_reserved(name: &str) -> bool {
    FIELDS.contains(&name)
}

/// Whether a field that lists can be filtered by must not be called so.
pub fn filter_is_reserved(name: &str) -> bool {
    FILTERS.contains(&name)
}

/// Whether no entity may live at this path (kebab-case plural).
pub fn route_is_reserved(path: &str) -> bool {
    ROUTES.contains(&path)
}
