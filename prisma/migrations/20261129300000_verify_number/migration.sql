-- A value of an enum can be used only after the transaction that added it, so it has a migration of its own.
ALTER TYPE "purpose" ADD VALUE 'VERIFY_NUMBER';
