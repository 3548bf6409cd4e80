Console.Error.WriteLine("Benchmarks: see docs/benchmarks.md.");
return 0;
