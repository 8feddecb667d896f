process.stdout.write(`operator ${process.env['KUBEOS_VERSION'] ?? 'from source'}\n`);
