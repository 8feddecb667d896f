process.stdout.write(`agent ${process.env['KUBEOS_VERSION'] ?? 'from source'}\n`);
