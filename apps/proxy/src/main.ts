process.stdout.write(`proxy ${process.env['KUBEOS_VERSION'] ?? 'from source'}\n`);
