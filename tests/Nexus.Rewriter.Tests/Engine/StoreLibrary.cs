namespace Nexus.Rewriter.Tests;

/// <summary>The library whose methods the engine tests hook, and the hooks.</summary>
internal static class StoreLibrary
{
    public const string Library = """
        using System;
        using System.Collections.Generic;
        using System.Threading.Tasks;
        [assembly: System.Reflection.AssemblyVersion("2.0.0.0")]
        namespace Lib;
        public interface IStore { string Get(string key); string this[int i, int j] { get; } }
        public class Store : IStore
        {
            public string Name;
            public Store() : this("plain") { }
            public Store(string name) => Name = name;
            public virtual string Get(string key) => Name + "." + key;
            public string this[int i, int j] => Name + (i * j);
            public async Task<string> GetAsync(string key) { await Task.Yield(); return Get(key); }
            public string Refs(ref int counter, out string text, in int step) { counter += step; text = Name; return "refs"; }
            public T Echo<T>(T value) => value;
            public static int Twice(int x) => 2 * x;
            public string Describe(int level)
            {
                try
                {
                    for (var i = 0; i < level; i++)
                        if (i == 3) return "deep";
                    if (level < 0) throw new InvalidOperationException("negative");
                    return "level " + level;
                }
                catch (InvalidOperationException e) { return e.Message; }
            }
        }
        public class Box<T>
        {
            public T Value;
            public Box(T value) => Value = value;
            public T Take() => Value;
            public U Map<U>(Func<T, U> map) => map(Value);
        }
        public struct Point
        {
            public int X;
            public int Sum(int y) => X + y;
        }
        public struct ValueStore : IStore
        {
            public int Calls;
            public string Get(string key) { Calls++; return key + Calls; }
            public string this[int i, int j] => "v";
        }
        """;

    public const string Hooks = """
        using System;
        using System.Collections.Generic;
        using System.Threading.Tasks;
        using Lib;
        namespace Hooks;
        public class BetweenStore : Store
        {
            public BetweenStore() { }
            public BetweenStore(string name) : base("between-" + name) { }
            public override string Get(string key) => $"[{base.Get(key)}]";
        }
        public static class To
        {
            public static readonly List<string> Log = new();
            public static string Get(Store self, string key) => $"hook({self.Name},{key})";
            public static string IGet(IStore self, string key) => $"ihook({self.GetType().Name},{key})";
            public static string Item(IStore self, int i, int j) => $"item({i},{j})";
            public static async Task<string> GetAsync(Store self, string key) { await Task.Yield(); return $"async({self.Name},{key})"; }
            public static string Refs(Store self, ref int counter, out string text, in int step) { counter -= step; text = "hooked"; return "hook"; }
            public static T Echo<T>(Store self, T value) { Log.Add(typeof(T).Name); return value; }
            public static int Twice(int x) => 20 * x;
            public static int Twenty(int result) => 10 * result;
            public static Store New(string name) => new Store("new-" + name);
            public static Box<T> NewBox<T>(T value) => new Box<T>(value) { Value = default! };
            public static T Take<T>(Box<T> self) { Log.Add("take " + typeof(T).Name); return self.Value; }
            public static U Map<T, U>(Box<T> self, Func<T, U> map) { Log.Add($"map {typeof(T).Name} {typeof(U).Name}"); return map(self.Value); }
            public static int Sum(ref Point self, int y) { self.X++; return 100 + self.X + y; }
            public static void Before() => Log.Add("before");
            public static void BeforeStore(Store self) => Log.Add("before " + self.Name);
            public static void BeforeAll(Store self, int level) => Log.Add($"before {self.Name} {level}");
            public static string Wrap(string result) => $"<{result}>";
            public static string WrapAll(string result, Store self, int level) => $"<{result} {self.Name} {level}>";
            public static void Construct(Store self, string name) => self.Name = "diverted " + name;
            public static string Describe(Store self, int level) => $"replaced {self.Name} {level}";
            public static string Shout(string result) => result.ToUpperInvariant();
            public static T WrapTake<T>(T result, Box<T> self) { Log.Add("wrapped " + typeof(T).Name); return result; }
        }
        """;

    /// <summary>Usings and helpers of every client.</summary>
    public const string ClientHead = """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading.Tasks;
        using Lib;
        namespace Client;

        """;

    public static RewriteRule Rule(RewriteKind kind, string type, string method, string target, int number = 1) =>
        new()
        {
            Id = $"test-{number}",
            Number = number,
            Assembly = "Lib",
            VersionFrom = new Version(2, 0),
            VersionBefore = new Version(3, 0),
            Type = type,
            Method = method,
            Kind = kind,
            TargetAssembly = "Hooks",
            TargetType = "Hooks.To",
            TargetMethod = target,
            Reason = "test",
        };

    public static EveryWay With(string cases, params RewriteRule[] rules) =>
        new(Library, Hooks, ClientHead + "public static class Cases\n{\n" + cases + "\n}\n", rules);
}
