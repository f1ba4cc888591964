// Before any module reads its configuration: quiet logs, and a password hash that costs little.
process.env['NODE_ENV'] = 'test';
process.env['LOG_LEVEL'] = 'silent';
