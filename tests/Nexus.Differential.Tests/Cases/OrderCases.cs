using System.Text.Json;

namespace Nexus.Differential.Tests.Cases;

internal static class OrderCases
{
    private const string Create =
        """{"operation":"create","order":{"customerId":"c1","orderId":"o1","total":12.50,"items":["pen","ink"]}}""";

    private static readonly string s_import = Import(30);

    public static IReadOnlyList<DifferentialCase> List { get; } =
    [
        Case("create", "201", Create),
        Case("create twice", "409", Create, Create),
        Case("get", "\"status\": 200", Create, """{"operation":"get","order":{"customerId":"c1","orderId":"o1"}}"""),
        Case("get missing", "404", """{"operation":"get","order":{"customerId":"c1","orderId":"none"}}"""),
        Case(
            "update",
            "\"version\": 1",
            Create,
            """{"operation":"update","order":{"customerId":"c1","orderId":"o1","status":"paid","version":0}}"""
        ),
        Case(
            "update stale",
            "409",
            Create,
            """{"operation":"update","order":{"customerId":"c1","orderId":"o1","status":"paid","version":7}}"""
        ),
        Case("delete", "\"status\": 200", Create, """{"operation":"delete","order":{"customerId":"c1","orderId":"o1"}}"""),
        Case("delete missing", "404", """{"operation":"delete","order":{"customerId":"c1","orderId":"o1"}}"""),
        Case("import and page through", "\"pages\"", s_import, """{"operation":"list","order":{"customerId":"c1"},"pageSize":7}"""),
        Case("query an index", "\"orders\"", s_import, """{"operation":"byStatus","order":{"status":"paid"}}"""),
        Case("scan", "\"orders\"", s_import, """{"operation":"scan","pageSize":4}"""),
        Case(
            "batch get",
            "\"total\"",
            s_import,
            """{"operation":"total","orders":[{"customerId":"c1","orderId":"o01"},{"customerId":"c1","orderId":"o02"},{"customerId":"c1","orderId":"o99"}]}"""
        ),
        Case("document model", "Aachen", """{"operation":"document","order":{"customerId":"c1","orderId":"o1","total":3}}"""),
        Case(
            "object persistence",
            "ConditionalCheckFailedException",
            """{"operation":"model","order":{"customerId":"c1","orderId":"o1","total":3,"note":"fragile"}}"""
        ),
        Case(
            "large item",
            "201",
            $$"""{"operation":"create","order":{"customerId":"c1","orderId":"big","note":"{{new string('n', 300_000)}}"} }"""
        ),
        Case("unknown operation", "ArgumentException", """{"operation":"refund"}"""),
        Case("event of another shape", "JsonSerializerException", """{"order":[1,2]}"""),
    ];

    private static DifferentialCase Case(string name, string expect, params string[] events) =>
        new($"orders: {name}", "Orders", expect, events);

    private static string Import(int count) =>
        JsonSerializer.Serialize(
            new
            {
                operation = "import",
                orders = Enumerable
                    .Range(1, count)
                    .Select(number => new
                    {
                        customerId = "c1",
                        orderId = $"o{number:00}",
                        total = number * 3.25m,
                        status = number % 3 == 0 ? "paid" : "new",
                    }),
            }
        );
}
